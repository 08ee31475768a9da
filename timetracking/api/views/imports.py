from datetime import time
from typing import Any
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from gauzy.rest.serializers import StrictSerializer
from gauzy.rest.views import ViewSet
from gauzy.tenancy.roles import MANAGERS
from timetracking.api.serializers.imports import (
    TimeImportInput,
    TimeImportOutput,
    TimeImportQuery,
    TimeImportReportOutput,
)
from timetracking.choices import RowVerdict
from timetracking.exceptions import ImportRefused
from timetracking.importing.clock import DateOrder
from timetracking.importing.reading import MAX_BYTES
from timetracking.importing.report import ImportReport
from timetracking.importing.running import ImportOptions, import_time
from timetracking.selectors.imports import get_time_import, time_imports
from timetracking.services.imports import undo_import


class TimeImportViewSet(ViewSet):
    """Time from files of Toggl Track, Clockify and Harvest."""

    roles = dict.fromkeys(("list", "create", "retrieve", "undo"), MANAGERS)
    queries = {"list": TimeImportQuery}
    inputs = {"create": TimeImportInput, "undo": StrictSerializer}
    outputs = dict.fromkeys(roles, TimeImportOutput) | {"create": TimeImportReportOutput}
    statuses = {"create": 200}  # a dry run creates nothing

    def get_parsers(self) -> Any:
        return [MultiPartParser()] if self.action_map.get("post") == "create" else super().get_parsers()

    def list(self, request: Request) -> Response:
        return self.page(time_imports(**self.query))

    def create(self, request: Request) -> Response:
        """Import a file, or try it; each row has a verdict, and the same file again adds nothing."""
        report = _import(self.read())
        if not (report.applied or report.dry_run):
            raise ImportRefused(
                fields={f"lines.{row.line}": [row.message] for row in report.rows if row.verdict == RowVerdict.REFUSED}
            )
        return self.reply(report.as_json())

    def retrieve(self, request: Request, time_import_id: UUID) -> Response:
        return self.reply(get_time_import(time_import_id))

    def undo(self, request: Request, time_import_id: UUID) -> Response:
        """Delete its logs, all or none: refused while any of them is submitted, approved or invoiced."""
        self.read()
        return self.reply(undo_import(time_import_id=time_import_id))


def _import(values: dict[str, Any]) -> ImportReport:
    file = values["file"]
    if file.size > MAX_BYTES:
        raise RequestDataTooBig
    order = values.get("date_order")
    day_start: time = values["day_start"]
    return import_time(
        content=file.read(),
        organization_id=values["organization_id"],
        file_name=file.name,
        dry_run=values["dry_run"],
        atomic=values["atomic"],
        options=ImportOptions(
            time_zone=values.get("time_zone", ""),
            date_order=DateOrder(order) if order else None,
            include_breaks=values["include_breaks"],
            round_hours=values["round_hours"],
            day_start=day_start,
            create_missing=values["create_missing"],
        ),
    )
