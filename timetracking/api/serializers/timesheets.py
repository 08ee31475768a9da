from typing import Any

from rest_framework import serializers

from gauzy.rest.serializers import StrictSerializer
from timetracking.choices import TimesheetMove, TimesheetStatus
from timetracking.models import Timesheet, TimesheetEntry


class TimesheetQuery(serializers.Serializer[Any]):
    organization_id = serializers.UUIDField(required=False)
    employee_id = serializers.UUIDField(required=False)
    status = serializers.ChoiceField(TimesheetStatus.choices, required=False)
    period_from = serializers.DateField(required=False, help_text="First day of the period, at the earliest.")
    period_until = serializers.DateField(required=False, help_text="First day of the period, at the latest.")


class NewTimesheetInput(StrictSerializer):
    employee_id = serializers.UUIDField()
    day = serializers.DateField(help_text="Any day of the week that is meant.")


class MoveInput(StrictSerializer):
    version = serializers.IntegerField(
        required=False, allow_null=True, help_text="The one you saw; refused if there is another."
    )


class ReasonedMoveInput(MoveInput):
    reason = serializers.CharField(max_length=500)


class TimesheetOutput(serializers.ModelSerializer[Timesheet]):
    organization_id = serializers.UUIDField()
    employee_id = serializers.UUIDField()
    status = serializers.ChoiceField(TimesheetStatus.choices)
    seconds = serializers.IntegerField(source="totals.seconds")
    billable_seconds = serializers.IntegerField(source="totals.billable_seconds")

    class Meta:
        model = Timesheet
        fields: tuple[str, ...] = (
            *("id", "organization_id", "employee_id", "period_start", "period_end", "status", "version"),
            *("seconds", "billable_seconds", "submitted_at", "decided_at", "created_at", "updated_at"),
        )
        read_only_fields = fields


class EntryOutput(serializers.ModelSerializer[TimesheetEntry]):
    move = serializers.ChoiceField(TimesheetMove.choices)

    class Meta:
        model = TimesheetEntry
        fields: tuple[str, ...] = (
            *("version", "move", "actor_id", "actor_label", "reason", "seconds", "billable_seconds", "made_at"),
        )
        read_only_fields = fields


class HistoryOutput(serializers.Serializer[Any]):
    results = EntryOutput(many=True)


class ApprovalInput(StrictSerializer):
    timesheet_id = serializers.UUIDField()
    version = serializers.IntegerField(required=False, allow_null=True)


class ApprovalsInput(StrictSerializer):
    items = serializers.ListField(child=ApprovalInput(), min_length=1, max_length=200)
    atomic = serializers.BooleanField(default=True, help_text="One refusal undoes all.")


class ApprovalOutput(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    timesheet = TimesheetOutput(allow_null=True)
    code = serializers.CharField(help_text="Empty unless refused.")
    message = serializers.CharField()


class ApprovalsOutput(serializers.Serializer[Any]):
    results = ApprovalOutput(many=True)
