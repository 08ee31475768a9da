from typing import Any

from rest_framework import serializers

from gauzy.eventbus.models import Failure, StoredEvent
from gauzy.eventops.choices import DeliveryState
from gauzy.eventops.payloads import payload_of
from gauzy.eventops.services import LONGEST_REASON
from gauzy.rest.fields import InstantField
from gauzy.rest.serializers import StrictSerializer
from gauzy.tenancy.membership import current_role
from gauzy.tenancy.roles import ADMINS

_SEE_PERSONAL_DATA = ADMINS
_OWED = (DeliveryState.DEAD, DeliveryState.RUNNING, DeliveryState.WAITING)


class EventQuery(serializers.Serializer[Any]):
    name = serializers.CharField(required=False, help_text="The event's name: `employees.employee_created`.")
    subject_type = serializers.CharField(required=False)
    subject_id = serializers.CharField(required=False)
    correlation_id = serializers.UUIDField(required=False)
    causation_id = serializers.UUIDField(required=False, help_text="The event whose handlers published these.")
    actor_id = serializers.UUIDField(required=False)
    since = InstantField(required=False, help_text="At or after this moment.")
    until = InstantField(required=False, help_text="Before this moment.")
    after = serializers.CharField(
        required=False,
        help_text=(
            "Read as a feed: oldest first, in an order in which nothing ever appears behind a `next` that was handed "
            "out. `beginning`, `now`, or what `next` of the page before says. `next` is then never null: at the end of "
            "the feed it is where to ask later."
        ),
    )


class EventOutput(serializers.ModelSerializer[StoredEvent]):
    payload = serializers.SerializerMethodField(help_text="The event's own fields.")

    class Meta:
        model = StoredEvent
        fields: tuple[str, ...] = (
            *("id", "name", "version", "subject_type", "subject_id", "actor_kind", "actor_id", "actor_label"),
            "on_behalf_of_id",
            *("correlation_id", "causation_id", "depth", "occurred_at", "recorded_at", "history", "payload"),
        )
        read_only_fields = fields

    def get_payload(self, event: StoredEvent) -> dict[str, Any]:
        return payload_of(event, personal=current_role() in _SEE_PERSONAL_DATA)


class FailureOutput(serializers.ModelSerializer[Failure]):
    class Meta:
        model = Failure
        fields = ("attempt", "failed_at", "kind", "error_class", "error_text")
        read_only_fields = fields


class TrailOutput(serializers.Serializer[Any]):
    """What one handler did with the event."""

    handler = serializers.CharField()
    target = serializers.CharField()
    generation = serializers.IntegerField()
    state = serializers.ChoiceField(DeliveryState.choices)
    note = serializers.CharField(help_text="Why, where the state does not say it.")
    attempts = serializers.IntegerField()
    owed_since = serializers.DateTimeField(allow_null=True)
    due = serializers.DateTimeField(allow_null=True, help_text="When it is tried next.")
    dead_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    duration_ms = serializers.IntegerField(allow_null=True, help_text="Null: below 10 ms.")
    failures = FailureOutput(many=True)


class CausedOutput(serializers.ModelSerializer[StoredEvent]):
    class Meta:
        model = StoredEvent
        fields = ("id", "name", "occurred_at")
        read_only_fields = fields


class EventDetailOutput(EventOutput):
    deliveries = TrailOutput(many=True)
    caused = CausedOutput(many=True, help_text="At most 100; list events by `causation_id` for all.")

    class Meta(EventOutput.Meta):
        fields = (*EventOutput.Meta.fields, "deliveries", "caused")
        read_only_fields = fields


class DeliveryQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField([(state.value, state.label) for state in _OWED], default=DeliveryState.DEAD)
    handler = serializers.CharField(required=False)
    event = serializers.CharField(required=False, help_text="The event's name: `employees.employee_created`.")


class DeliveryOutput(serializers.Serializer[Any]):
    event_id = serializers.UUIDField(source="delivery.event_id")
    event = serializers.CharField(source="event.name")
    occurred_at = serializers.DateTimeField(source="event.occurred_at")
    handler = serializers.CharField(source="delivery.handler")
    target = serializers.CharField(source="delivery.target")
    generation = serializers.IntegerField(source="delivery.generation")
    state = serializers.ChoiceField(DeliveryState.choices)
    reason = serializers.CharField(source="delivery.reason")
    attempts = serializers.IntegerField(source="delivery.attempts")
    owed_since = serializers.DateTimeField(source="delivery.owed_since")
    due = serializers.DateTimeField(source="delivery.due")
    dead_at = serializers.DateTimeField(source="delivery.dead_at", allow_null=True)


class RepairInput(StrictSerializer):
    target = serializers.CharField(
        default="", allow_blank=True, help_text="Which of the handler's deliveries, where it has several: `target`."
    )


class SkipInput(RepairInput):
    reason = serializers.CharField(max_length=LONGEST_REASON)


class EditInput(RepairInput):
    values = serializers.DictField(
        child=serializers.JSONField(),
        allow_empty=False,
        help_text="Fields of the event by name, with what the handler shall read instead.",
    )
