from typing import Any

from rest_framework import serializers

from gauzy.exceptions import Invalid
from gauzy.rest.fields import InstantField
from gauzy.rest.problems import flatten
from gauzy.rest.serializers import StrictSerializer
from timetracking.api.serializers.projects import TagOutput
from timetracking.choices import LogSource, RateOrigin
from timetracking.models import TimeLog
from timetracking.selectors.projects import sees_rates


class PlaceInput(StrictSerializer):
    project_id = serializers.UUIDField(required=False, allow_null=True, help_text="The task's, if one is given.")
    task_id = serializers.UUIDField(required=False, allow_null=True)
    description = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    is_billable = serializers.BooleanField(required=False, help_text="Left out: as the project says.")
    tag_ids = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=50)


class StartInput(PlaceInput):
    employee_id = serializers.UUIDField()
    started_at = InstantField(required=False, help_text="Left out: now.")


class StopInput(StrictSerializer):
    employee_id = serializers.UUIDField()
    stopped_at = InstantField(required=False, help_text="Left out: now.")


class ToggleInput(StrictSerializer):
    employee_id = serializers.UUIDField()


class TimeLogInput(PlaceInput):
    started_at = InstantField(help_text="In whole seconds.")
    stopped_at = InstantField()


class NewTimeLogInput(TimeLogInput):
    employee_id = serializers.UUIDField()


class OverrideQuery(serializers.Serializer[Any]):
    override_lock_date = serializers.BooleanField(
        required=False, help_text="Change time before the lock date; for administrators, and written into the event."
    )


class TimeLogOutput(serializers.ModelSerializer[TimeLog]):
    organization_id = serializers.UUIDField()
    employee_id = serializers.UUIDField()
    project_id = serializers.UUIDField(allow_null=True)
    task_id = serializers.UUIDField(allow_null=True)
    seconds = serializers.IntegerField(allow_null=True, help_text="null while the timer runs.")
    source = serializers.ChoiceField(LogSource.choices)  # type: ignore[assignment]  # DRF takes fields off the class
    tags = TagOutput(many=True)
    is_locked = serializers.BooleanField(help_text="It lies in a submitted or approved period.")
    rate = serializers.SerializerMethodField(help_text="null where there is none, or for who may not see rates.")

    class Meta:
        model = TimeLog
        fields: tuple[str, ...] = (
            *("id", "organization_id", "employee_id", "project_id", "task_id", "description", "is_billable"),
            *("source", "tags", "started_at", "stopped_at", "seconds", "rate", "overlap_allowed", "in_locked_time"),
            *("is_locked", "deleted_at", "created_at", "updated_at"),
        )
        read_only_fields = fields

    def get_rate(self, log: TimeLog) -> "dict[str, str] | None":
        if log.rate_amount is None or not sees_rates():
            return None
        return {
            "amount": str(log.rate_amount),
            "currency": log.rate_currency,
            "origin": str(RateOrigin(log.rate_origin)),
        }


class TimerOutput(serializers.Serializer[Any]):
    running = serializers.BooleanField()
    discarded = serializers.BooleanField(help_text="It had run for less than a second, so there is no log of it.")
    time_log = TimeLogOutput(allow_null=True, help_text="The one that runs, or that was stopped just now.")


class TimerQuery(serializers.Serializer[Any]):
    employee_id = serializers.UUIDField()


class TimeLogQuery(serializers.Serializer[Any]):
    organization_id = serializers.UUIDField(required=False)
    employee_id = serializers.UUIDField(required=False)
    project_id = serializers.UUIDField(required=False)
    task_id = serializers.UUIDField(required=False)
    is_billable = serializers.BooleanField(required=False)
    source = serializers.ChoiceField(LogSource.choices, required=False)  # type: ignore[assignment]  # the same
    started_from = InstantField(required=False)
    started_before = InstantField(required=False)
    running = serializers.BooleanField(required=False)
    deleted = serializers.BooleanField(required=False)


class JudgedItems(serializers.ListField):
    """Turns an item that cannot be read into its refusal, and leaves the others alone."""

    def run_child_validation(self, data: Any) -> Any:
        return [self._judge(item) for item in data]

    def _judge(self, item: Any) -> Any:
        try:
            return self.child.run_validation(item)
        except serializers.ValidationError as error:
            return Invalid(fields=flatten(error.detail))


class TimeLogBulkInput(StrictSerializer):
    items = JudgedItems(child=NewTimeLogInput(), min_length=1, max_length=200)
    atomic = serializers.BooleanField(default=True, help_text="One refusal undoes all.")


class TimeLogItemOutput(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    time_log = TimeLogOutput(allow_null=True)
    code = serializers.CharField(help_text="Empty unless refused.")
    message = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]  # DRF takes fields out of the class's attributes
        child=serializers.ListField(child=serializers.CharField())
    )


class TimeLogBulkOutput(serializers.Serializer[Any]):
    results = TimeLogItemOutput(many=True)


class SplitInput(StrictSerializer):
    at = InstantField(help_text="A moment inside the log.")


class RemoveInput(StrictSerializer):
    employee_id = serializers.UUIDField()
    start = InstantField()
    end = InstantField()


class TimeLogsOutput(serializers.Serializer[Any]):
    time_logs = TimeLogOutput(many=True)
