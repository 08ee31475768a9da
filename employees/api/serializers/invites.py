from typing import Any

from rest_framework import serializers

from employees.api.serializers.items import JudgedItems
from employees.choices import InviteStatus
from employees.models import Invite
from gauzy.rest.serializers import StrictSerializer
from gauzy.tenancy.choices import Role

LONGEST_TOKEN = 200


class InviteInput(StrictSerializer):
    organization_id = serializers.UUIDField()
    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(Role.choices, required=False, help_text="Weaker than your own; default: employee.")
    first_name = serializers.CharField(max_length=100, required=False, allow_blank=True)
    last_name = serializers.CharField(max_length=100, required=False, allow_blank=True)


class InviteBulkInput(StrictSerializer):
    items = JudgedItems(child=InviteInput(), min_length=1, max_length=100)
    atomic = serializers.BooleanField(default=True, help_text="One refusal undoes all.")


class InviteOutput(serializers.ModelSerializer[Invite]):
    organization_id = serializers.UUIDField()
    state = serializers.ChoiceField(InviteStatus.choices)
    employee_id = serializers.UUIDField(allow_null=True)

    class Meta:
        model = Invite
        fields: tuple[str, ...] = (
            *("id", "organization_id", "email", "first_name", "last_name", "role", "state", "inviter"),
            *("employee_id", "created_at", "expires_at", "decided_at"),
        )
        read_only_fields = fields


class InviteItemOutput(serializers.Serializer[Any]):
    """What became of one item: its invite, or why not."""

    index = serializers.IntegerField()
    invite = InviteOutput(allow_null=True)
    code = serializers.CharField(help_text="Empty unless refused.")
    message = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]  # DRF takes fields out of the class's attributes
        child=serializers.ListField(child=serializers.CharField())
    )


class InviteBulkOutput(serializers.Serializer[Any]):
    results = InviteItemOutput(many=True)


class InviteQuery(serializers.Serializer[Any]):
    organization_id = serializers.UUIDField(required=False)
    state = serializers.ChoiceField(InviteStatus.choices, required=False)


class TokenInput(StrictSerializer):
    token = serializers.CharField(max_length=LONGEST_TOKEN)


class AcceptInput(TokenInput):
    password = serializers.CharField(
        max_length=200,
        required=False,
        trim_whitespace=False,
        write_only=True,
        style={"input_type": "password"},
        help_text="Of the account you have, or of your choice. Not needed with an access token of that account.",
    )
    first_name = serializers.CharField(max_length=100, required=False, help_text="Default: as in the invite.")
    last_name = serializers.CharField(max_length=100, required=False)


class AcceptedOutput(serializers.Serializer[Any]):
    tenant_id = serializers.UUIDField(help_text="Sign in there with `POST /api/v1/auth/tokens`.")
    organization_id = serializers.UUIDField()
    employee_id = serializers.UUIDField(source="id")
