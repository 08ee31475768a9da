from typing import Any

from rest_framework import serializers

from gauzy.rest.serializers import StrictSerializer
from timetracking.choices import RowVerdict
from timetracking.importing.clock import DateOrder
from timetracking.importing.placing import DAY_START
from timetracking.models import TimeImport


class TimeImportQuery(serializers.Serializer[Any]):
    organization_id = serializers.UUIDField(required=False)


class TimeImportInput(StrictSerializer):
    file = serializers.FileField(allow_empty_file=True)
    organization_id = serializers.UUIDField()
    dry_run = serializers.BooleanField(default=False, help_text="Do it for real, take it back, and report.")
    atomic = serializers.BooleanField(default=False, help_text="One refused row undoes all.")
    time_zone = serializers.CharField(max_length=64, required=False, help_text="The organization's by default.")
    date_order = serializers.ChoiceField([(one.value, one.value) for one in DateOrder], required=False)
    include_breaks = serializers.BooleanField(default=False)
    round_hours = serializers.BooleanField(default=False, help_text="Harvest's hours to whole minutes.")
    day_start = serializers.TimeField(default=DAY_START, help_text="Where days without clock times begin.")
    create_missing = serializers.BooleanField(default=True, help_text="Make clients, projects and tasks by name.")


class ImportedRowOutput(serializers.Serializer[Any]):
    line = serializers.IntegerField(help_text="In the file, from 1 for the header; where the record begins.")
    row = serializers.IntegerField()
    person = serializers.CharField()
    verdict = serializers.ChoiceField(RowVerdict.choices)
    seconds = serializers.IntegerField()
    code = serializers.CharField(help_text="Empty unless refused.")
    message = serializers.CharField()
    warnings = serializers.ListField(child=serializers.CharField())


class TimeImportReportOutput(serializers.Serializer[Any]):
    dry_run = serializers.BooleanField()
    applied = serializers.BooleanField(help_text="false: nothing was written, the verdicts say what would have been.")
    time_import_id = serializers.UUIDField(allow_null=True)
    product = serializers.CharField()
    encoding = serializers.CharField()
    delimiter = serializers.CharField()
    time_zone = serializers.CharField()
    date_order = serializers.CharField()
    warnings = serializers.ListField(child=serializers.CharField())
    made = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    created = serializers.IntegerField()
    known = serializers.IntegerField()
    refused = serializers.IntegerField()
    rows = ImportedRowOutput(many=True)


class TimeImportOutput(serializers.ModelSerializer[TimeImport]):
    organization_id = serializers.UUIDField()

    class Meta:
        model = TimeImport
        fields: tuple[str, ...] = (
            *("id", "organization_id", "file_name", "sha256", "product", "time_zone", "rows", "created", "known"),
            *("refused", "problems", "actor_label", "undone_at", "created_at"),
        )
        read_only_fields = fields
