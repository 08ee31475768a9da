"""API keys, which no API key manages."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from gauzy.rest.fields import InstantField
from gauzy.rest.serializers import StrictSerializer
from gauzy.rest.views import ViewSet
from gauzy.tenancy.choices import Role
from gauzy.tenancy.roles import MANAGERS
from gauzy.users import selectors, services
from gauzy.users.choices import KeyState


class ApiKeyInput(StrictSerializer):
    name = serializers.CharField(max_length=100, help_text="What it is for.")
    scopes = serializers.ListField(
        child=serializers.CharField(max_length=100), max_length=200, help_text="Such as `employees:read`."
    )
    role = serializers.ChoiceField(Role.choices, required=False, help_text="Your own, unless a weaker one.")
    networks = serializers.ListField(
        child=serializers.CharField(max_length=50),
        required=False,
        max_length=50,
        help_text="From where it may be used, as `203.0.113.0/24`; from anywhere, if you name none.",
    )
    expires_at = InstantField(required=False, help_text="In 90 days, unless you say otherwise.")


class KeyMemberOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField(source="user.get_full_name")
    email = serializers.EmailField(source="user.email")


class ApiKeyOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    prefix = serializers.CharField(help_text="How its secret begins.")
    state = serializers.ChoiceField(KeyState.choices)
    role = serializers.ChoiceField(Role.choices)
    scopes = serializers.ListField(child=serializers.CharField())
    networks = serializers.ListField(child=serializers.CharField())
    member = KeyMemberOutput(source="membership", help_text="In whose name it acts.")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="Written down every ten minutes at most.")
    revoked_at = serializers.DateTimeField(allow_null=True)


class IssuedKeyOutput(serializers.Serializer[Any]):
    secret = serializers.CharField(help_text="Shown this once. Send it as `Authorization: Bearer …`.")
    api_key = ApiKeyOutput(source="key")


class ApiKeyViewSet(ViewSet):
    """Keys for programs. Administrators see all of the tenant's, managers their own."""

    roles = dict.fromkeys(("list", "create", "retrieve", "revoke"), MANAGERS)
    inputs = {"create": ApiKeyInput, "revoke": StrictSerializer}
    outputs = {**dict.fromkeys(("list", "retrieve", "revoke"), ApiKeyOutput), "create": IssuedKeyOutput}
    secretive = ("create",)

    def list(self, request: Request) -> Response:
        return self.page(selectors.visible_api_keys())

    def create(self, request: Request) -> Response:
        """Make a key that acts in your name. Its secret is shown this once."""
        return self.reply(services.create_api_key(**self.read()))

    def retrieve(self, request: Request, api_key_id: UUID) -> Response:
        return self.reply(selectors.get_api_key(api_key_id))

    def revoke(self, request: Request, api_key_id: UUID) -> Response:
        """Make it useless at once; repeating it changes nothing."""
        self.read()
        return self.reply(services.revoke_api_key(api_key_id=api_key_id))
