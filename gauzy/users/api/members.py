from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from gauzy.rest.serializers import StrictSerializer
from gauzy.rest.views import ViewSet
from gauzy.tenancy import selectors
from gauzy.tenancy.choices import Role
from gauzy.tenancy.roles import ADMINS
from gauzy.tenancy.services import change_role
from gauzy.users import services


class MemberQuery(serializers.Serializer[Any]):
    role = serializers.ChoiceField(Role.choices, required=False)
    is_active = serializers.BooleanField(required=False)


class RoleInput(StrictSerializer):
    role = serializers.ChoiceField(Role.choices)


class MemberOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    email = serializers.EmailField(source="user.email")
    name = serializers.CharField(source="user.get_full_name")
    role = serializers.ChoiceField(Role.choices)
    is_active = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class MemberViewSet(ViewSet):
    """Who may work in the tenant, and as what. Nobody changes a role at or above their own, but an owner may."""

    roles = dict.fromkeys(("list", "retrieve", "partial_update", "end"), ADMINS)
    queries = {"list": MemberQuery}
    inputs = {"partial_update": RoleInput, "end": StrictSerializer}
    outputs = dict.fromkeys(roles, MemberOutput)
    ordering = "-created_at"

    def list(self, request: Request) -> Response:
        return self.page(selectors.members().filter(**self.query))

    def retrieve(self, request: Request, membership_id: UUID) -> Response:
        return self.reply(selectors.get_member(membership_id))

    def partial_update(self, request: Request, membership_id: UUID) -> Response:
        """Give a member another role; the last owner stays one."""
        if values := self.read():
            change_role(membership_id=membership_id, **values)
        return self.reply(selectors.get_member(membership_id))

    def end(self, request: Request, membership_id: UUID) -> Response:
        """Take a member's access away at once; their employments go on, and nothing of theirs disappears."""
        self.read()
        services.end_member(membership_id=membership_id)
        return self.reply(selectors.get_member(membership_id))
