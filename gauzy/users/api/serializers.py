from typing import Any

from rest_framework import serializers

from gauzy.organizations.validators import validate_currency, validate_time_zone
from gauzy.rest.serializers import StrictSerializer
from gauzy.tenancy.choices import Role

LONGEST_PASSWORD = 200


class PasswordField(serializers.CharField):
    def __init__(self, **kwargs: Any) -> None:
        style = {"input_type": "password"}
        super().__init__(write_only=True, trim_whitespace=False, max_length=LONGEST_PASSWORD, style=style, **kwargs)


class RegistrationInput(StrictSerializer):
    email = serializers.EmailField(max_length=254)
    password = PasswordField()
    first_name = serializers.CharField(max_length=100)
    last_name = serializers.CharField(max_length=100)
    organization_name = serializers.CharField(max_length=200)
    time_zone = serializers.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    currency = serializers.CharField(max_length=3, default="EUR", validators=[validate_currency])


class RegistrationOutput(serializers.Serializer[Any]):
    """The same whether the e-mail was free or not."""

    email = serializers.EmailField()
    detail = serializers.CharField()


class LoginInput(StrictSerializer):
    email = serializers.CharField(max_length=254)
    password = PasswordField()
    tenant_id = serializers.UUIDField(required=False, help_text="Needed by members of several tenants.")
    name = serializers.CharField(max_length=100, required=False, help_text="What the token is for.")


class SetPasswordInput(StrictSerializer):
    user_id = serializers.UUIDField()
    token = serializers.CharField(max_length=200)
    password = PasswordField()


class VerifyEmailInput(StrictSerializer):
    token = serializers.CharField(max_length=1000)


class TenantOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class MembershipOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    role = serializers.ChoiceField(Role.choices)
    tenant = TenantOutput()


class ProfileInput(StrictSerializer):
    first_name = serializers.CharField(max_length=100)
    last_name = serializers.CharField(max_length=100)


class PasswordInput(StrictSerializer):
    current_password = PasswordField()
    password = PasswordField()


class EmailInput(StrictSerializer):
    email = serializers.EmailField(max_length=254)


class SessionInput(StrictSerializer):
    email = serializers.CharField(max_length=254)
    password = PasswordField()
    tenant_id = serializers.UUIDField(required=False, help_text="Needed by members of several tenants.")


class SwitchInput(StrictSerializer):
    tenant_id = serializers.UUIDField()


class TokenSwitchInput(SwitchInput):
    name = serializers.CharField(max_length=100, required=False, help_text="What the token is for.")


class DetailOutput(serializers.Serializer[Any]):
    detail = serializers.CharField()


class SessionOutput(serializers.Serializer[Any]):
    csrf_token = serializers.CharField(help_text="Send it as `X-CSRFToken` with every change.")
    membership = MembershipOutput(allow_null=True, help_text="Null: nobody is signed in, or has yet to choose.")


class TokenOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    prefix = serializers.CharField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="Written down every ten minutes at most.")


class IssuedTokenOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="token.id")
    secret = serializers.CharField(help_text="Shown this once. Send it as `Authorization: Bearer …`.")
    prefix = serializers.CharField(source="token.prefix")
    expires_at = serializers.DateTimeField(source="token.expires_at")
    membership = MembershipOutput(source="token.membership")


class MeOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="user.id")
    email = serializers.EmailField(source="user.email")
    first_name = serializers.CharField(source="user.first_name")
    last_name = serializers.CharField(source="user.last_name")
    email_verified = serializers.SerializerMethodField()
    membership = MembershipOutput(source="*")

    def get_email_verified(self, membership: Any) -> bool:
        return membership.user.email_verified_at is not None
