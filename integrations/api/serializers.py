from typing import Any

from rest_framework import serializers

from gauzy.rest.serializers import StrictSerializer
from integrations.choices import IntegrationState, Provider, SyncState
from integrations.models import Integration, SyncConflict, SyncRun

_ENTITIES = "Kind of rows -> `off`, `in`, `out` or `both`."
_SECRETS = "Name -> secret. Written only: nothing ever shows it. An empty one is forgotten."


class IntegrationInput(StrictSerializer):
    name = serializers.CharField(max_length=100)
    entities = serializers.DictField(child=serializers.CharField(max_length=10), required=False, help_text=_ENTITIES)
    secrets = serializers.DictField(
        child=serializers.CharField(max_length=4_000, allow_blank=True), required=False, help_text=_SECRETS
    )


class NewIntegrationInput(IntegrationInput):
    organization_id = serializers.UUIDField()
    provider = serializers.ChoiceField(Provider.choices)


class IntegrationOutput(serializers.ModelSerializer[Integration]):
    organization_id = serializers.UUIDField()
    entities = serializers.DictField(child=serializers.CharField())
    secrets = serializers.ListField(
        child=serializers.CharField(), source="secret_names", help_text="The names of those that are set."
    )

    class Meta:
        model = Integration
        fields: tuple[str, ...] = (
            *("id", "organization_id", "provider", "name", "account", "state", "state_reason", "entities"),
            *("secrets", "last_synced_at", "created_at", "updated_at"),
        )
        read_only_fields = fields


class IntegrationQuery(serializers.Serializer[Any]):
    organization_id = serializers.UUIDField(required=False)
    provider = serializers.ChoiceField(Provider.choices, required=False)
    state = serializers.ChoiceField(IntegrationState.choices, required=False)


class RunQuery(serializers.Serializer[Any]):
    integration_id = serializers.UUIDField(required=False)
    state = serializers.ChoiceField(SyncState.choices, required=False)


class SyncRunOutput(serializers.ModelSerializer[SyncRun]):
    integration_id = serializers.UUIDField()

    class Meta:
        model = SyncRun
        fields: tuple[str, ...] = (
            *("id", "integration_id", "state", "pages", "created", "updated", "unchanged", "conflicts"),
            *("error", "error_text", "started_at", "finished_at"),
        )
        read_only_fields = fields


class SyncConflictOutput(serializers.ModelSerializer[SyncConflict]):
    class Meta:
        model = SyncConflict
        fields = ("id", "kind", "external_id", "code", "message")
        read_only_fields = fields
