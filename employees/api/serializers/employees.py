from typing import Any

from rest_framework import serializers

from employees.api.serializers.items import JudgedItems
from employees.choices import EmployeeStatus, Verdict
from employees.models import Employee
from employees.selectors import sees_personal_data_of
from gauzy.organizations.validators import validate_time_zone
from gauzy.rest.serializers import StrictSerializer

# What viewers do not see of others: null for them.
PERSONAL = ("email", "time_zone", "start_date", "external_id", "ended_at", "end_reason")


class EmployeeInput(StrictSerializer):
    first_name = serializers.CharField(max_length=100)
    last_name = serializers.CharField(max_length=100)
    job_title = serializers.CharField(max_length=200, required=False, allow_blank=True)
    time_zone = serializers.CharField(
        max_length=64,
        required=False,
        allow_blank=True,
        validators=[validate_time_zone],
        help_text="Empty: the organization's.",
    )
    start_date = serializers.DateField(required=False, allow_null=True)
    external_id = serializers.CharField(
        max_length=100, required=False, allow_blank=True, help_text="Unique in the organization unless empty."
    )


class NewEmployeeInput(EmployeeInput):
    organization_id = serializers.UUIDField()
    email = serializers.EmailField(max_length=254)


class EmployeeOutput(serializers.ModelSerializer[Employee]):
    # Not the user's id: being a UUIDv7, it tells since when the user exists, and so whether they did before.
    organization_id = serializers.UUIDField()
    email = serializers.EmailField(source="user.email", allow_null=True, help_text="Personal data: null for viewers.")
    status = serializers.ChoiceField(EmployeeStatus.choices)

    class Meta:
        model = Employee
        fields: tuple[str, ...] = (
            *("id", "organization_id", "email", "first_name", "last_name", "job_title", "time_zone"),
            *("start_date", "external_id", "status", "ended_at", "end_reason", "created_at", "updated_at"),
        )
        read_only_fields = fields
        extra_kwargs = {name: {"allow_null": True} for name in ("time_zone", "external_id", "end_reason")}

    def to_representation(self, instance: Employee) -> dict[str, Any]:
        shown = super().to_representation(instance)
        return shown if sees_personal_data_of(instance) else shown | dict.fromkeys(PERSONAL)


class EmployeeQuery(serializers.Serializer[Any]):
    organization_id = serializers.UUIDField(required=False)
    status = serializers.ChoiceField(EmployeeStatus.choices, required=False)
    email = serializers.CharField(max_length=254, required=False, help_text="The whole address, in any case.")


class EndInput(StrictSerializer):
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


class BulkInput(StrictSerializer):
    items = JudgedItems(child=NewEmployeeInput(), min_length=1, max_length=500)
    atomic = serializers.BooleanField(default=True, help_text="One refusal undoes all.")


class ItemOutput(serializers.Serializer[Any]):
    """What became of one item: its employee, or why not."""

    index = serializers.IntegerField()
    verdict = serializers.ChoiceField(Verdict.choices)
    employee = EmployeeOutput(allow_null=True)
    code = serializers.CharField(help_text="Empty unless refused.")
    message = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]  # DRF takes fields out of the class's attributes
        child=serializers.ListField(child=serializers.CharField())
    )


class BulkOutput(serializers.Serializer[Any]):
    results = ItemOutput(many=True)


class ImportQuery(serializers.Serializer[Any]):
    organization_id = serializers.UUIDField()
    dry_run = serializers.BooleanField(default=False, help_text="Do it for real, take it back, and report.")
    atomic = serializers.BooleanField(default=False, help_text="One refused line undoes all.")


class ImportInput(StrictSerializer):
    file = serializers.FileField(allow_empty_file=True)


class LineOutput(serializers.Serializer[Any]):
    line = serializers.IntegerField(help_text="In the file, from 1 for the header.")
    verdict = serializers.ChoiceField(Verdict.choices)
    email = serializers.CharField()
    field = serializers.CharField(help_text="Empty unless refused.")
    code = serializers.CharField()
    message = serializers.CharField()


class ImportOutput(serializers.Serializer[Any]):
    dry_run = serializers.BooleanField()
    atomic = serializers.BooleanField()
    applied = serializers.BooleanField(help_text="false: nothing was written, the verdicts say what would have been.")
    created = serializers.IntegerField()
    exists = serializers.IntegerField()
    refused = serializers.IntegerField()
    lines = LineOutput(many=True)
