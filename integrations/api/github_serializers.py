from typing import Any

from rest_framework import serializers

from integrations.choices import DeliveryState
from integrations.models import GitHubDelivery


class ReceivedOutput(serializers.Serializer[Any]):
    state = serializers.ChoiceField(DeliveryState.choices)


class GitHubDeliveryOutput(serializers.ModelSerializer[GitHubDelivery]):
    integration_id = serializers.UUIDField()

    class Meta:
        model = GitHubDelivery
        fields: tuple[str, ...] = (
            "id",
            "integration_id",
            "delivery",
            "event",
            "action",
            "state",
            "note",
            "received_at",
        )
        read_only_fields = fields


class GitHubDeliveryQuery(serializers.Serializer[Any]):
    integration_id = serializers.UUIDField(required=False)
    event = serializers.CharField(max_length=100, required=False)
    state = serializers.ChoiceField(DeliveryState.choices, required=False)
