from typing import Any

from rest_framework import serializers

from activitylog.models import ActivityLog
from activitylog.selectors import as_read_by, with_names
from gauzy import context
from gauzy.rest.fields import InstantField
from gauzy.tenancy.membership import current_role


class ActivityQuery(serializers.Serializer[Any]):
    entity_type = serializers.CharField(required=False)
    entity_id = serializers.CharField(required=False)
    actor_id = serializers.UUIDField(required=False)
    on_behalf_of_id = serializers.UUIDField(required=False, help_text="The user in whose name API keys acted.")
    action = serializers.CharField(required=False)
    event = serializers.CharField(required=False, help_text="The event's name: `employees.employee_created`.")
    organization_id = serializers.UUIDField(required=False)
    correlation_id = serializers.UUIDField(required=False)
    since = InstantField(required=False, help_text="At or after this moment.")
    until = InstantField(required=False, help_text="Before this moment.")


class ChangeOutput(serializers.Serializer[Any]):
    field = serializers.CharField()
    old = serializers.JSONField()
    new = serializers.JSONField()


class _Activities(serializers.ListSerializer[Any]):
    """The activities of a page, which hear together what their entities are called."""

    def to_representation(self, data: Any) -> list[Any]:
        return super().to_representation(with_names(current_role(), context.tenant_id(), list(data)))


class ActivityOutput(serializers.ModelSerializer[ActivityLog]):
    description = serializers.CharField()
    entity_name = serializers.CharField(help_text="What it is called now; empty if it is gone or has no name.")
    changes = ChangeOutput(many=True)

    class Meta:
        model = ActivityLog
        list_serializer_class = _Activities
        fields = (
            *("id", "description", "event", "event_id", "entity_type", "entity_id", "entity_name", "action", "changes"),
            *("actor_kind", "actor_id", "actor_label", "on_behalf_of_id", "organization_id"),
            *("correlation_id", "causation_id", "causing_handler", "occurred_at", "recorded_at"),
        )
        read_only_fields = fields

    def to_representation(self, instance: ActivityLog) -> dict[str, Any]:
        return super().to_representation(as_read_by(current_role(), instance))
