from typing import Any

from rest_framework import serializers

from gauzy.rest.serializers import StrictSerializer
from integrations.choices import EndpointState
from integrations.models import WebhookAttempt, WebhookEndpoint

_PATTERNS = "Types such as `employees.employee_created`, `app.*`, or `*`."


class EndpointInput(StrictSerializer):
    url = serializers.CharField(max_length=500, help_text="https, on the public internet.")
    events = serializers.ListField(
        child=serializers.CharField(max_length=100), min_length=1, max_length=100, help_text=_PATTERNS
    )
    description = serializers.CharField(max_length=200, required=False, allow_blank=True)


class EndpointOutput(serializers.ModelSerializer[WebhookEndpoint]):
    events = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = WebhookEndpoint
        fields: tuple[str, ...] = (
            *("id", "url", "description", "events", "state", "state_reason", "failures", "failing_since"),
            *("created_at", "updated_at"),
        )
        read_only_fields = fields


class EndpointWithSecretOutput(EndpointOutput):
    secret = serializers.CharField(help_text="Signs the messages. Shown this once.")

    class Meta(EndpointOutput.Meta):
        fields = (*EndpointOutput.Meta.fields, "secret")
        read_only_fields = fields


class EndpointQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(EndpointState.choices, required=False)


class ReplayInput(StrictSerializer):
    event_id = serializers.UUIDField()


class AttemptQuery(serializers.Serializer[Any]):
    event_id = serializers.UUIDField(required=False)
    delivered = serializers.BooleanField(required=False)


class AttemptOutput(serializers.ModelSerializer[WebhookAttempt]):
    class Meta:
        model = WebhookAttempt
        fields = (
            *("id", "event_id", "event_name", "attempt", "delivered", "status", "error", "answer"),
            *("duration_ms", "attempted_at"),
        )
        read_only_fields = fields


class PatternsInput(StrictSerializer):
    events = serializers.ListField(child=serializers.CharField(max_length=100), min_length=1, max_length=100)


class EventTypeOutput(serializers.Serializer[Any]):
    """An event that an endpoint may choose."""

    name = serializers.CharField(help_text="For `events`.")
    type = serializers.CharField(help_text="Of the CloudEvent.")
    title = serializers.CharField()
    description = serializers.CharField()


class EventTypesOutput(serializers.Serializer[Any]):
    results = EventTypeOutput(many=True)
