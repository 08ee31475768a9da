from typing import Any

from rest_framework import serializers

from gauzy.organizations.validators import validate_time_zone
from timetracking.choices import ReportGroup
from timetracking.rounding import Direction

MAX_DAYS = 366


class ReportQuery(serializers.Serializer[Any]):
    organization_id = serializers.UUIDField()
    first_day = serializers.DateField()
    last_day = serializers.DateField(help_text=f"Included; at most {MAX_DAYS} days in all.")
    time_zone = serializers.CharField(
        max_length=64, required=False, validators=[validate_time_zone], help_text="Left out: the organization's."
    )
    group_by = serializers.ChoiceField(ReportGroup.choices, default=ReportGroup.EMPLOYEE)
    employee_id = serializers.UUIDField(required=False)
    project_id = serializers.UUIDField(required=False)
    task_id = serializers.UUIDField(required=False)
    client_id = serializers.UUIDField(required=False)
    is_billable = serializers.BooleanField(required=False)
    round_to = serializers.IntegerField(
        default=0, min_value=0, max_value=3_600, help_text="Seconds of the clock to which each log is rounded; 0: none."
    )
    rounding = serializers.ChoiceField([(one.value, one.value) for one in Direction], default=Direction.NEAREST)

    def validate(self, attrs: Any) -> Any:
        first, last = attrs["first_day"], attrs["last_day"]
        if not 0 <= (last - first).days < MAX_DAYS:
            raise serializers.ValidationError({"last_day": [f"Give 1 to {MAX_DAYS} days, from the first day on."]})
        return attrs


class ReportAmountOutput(serializers.Serializer[Any]):
    currency = serializers.CharField()
    amount = serializers.CharField()


class ReportTotalsOutput(serializers.Serializer[Any]):
    seconds = serializers.IntegerField()
    billable_seconds = serializers.IntegerField()
    amounts = ReportAmountOutput(
        many=True, allow_null=True, help_text="One for each currency; null for who may not see amounts."
    )


class ReportRowOutput(serializers.Serializer[Any]):
    period = serializers.DateField(
        source="place.period", allow_null=True, help_text="The first day of the day or week; null in a summary."
    )
    group_id = serializers.UUIDField(source="place.group_id", allow_null=True)
    group_name = serializers.CharField(source="place.group_name")
    totals = ReportTotalsOutput()


class ReportOutput(serializers.Serializer[Any]):
    """Rows add up to the totals, except by tag: time with two tags is in two rows, and once in the totals."""

    time_zone = serializers.CharField()
    rows = ReportRowOutput(many=True)
    totals = ReportTotalsOutput()
