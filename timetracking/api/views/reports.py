"""Reports of time, as JSON and as CSV."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from gauzy.rest.spreadsheets import CsvRenderer, csv_answer
from gauzy.rest.views import View
from gauzy.tenancy.roles import ADMINS, MEMBERS
from timetracking.api.serializers.reports import ReportOutput, ReportQuery
from timetracking.calendar import Unit
from timetracking.choices import ReportGroup
from timetracking.reporting import Report, Row
from timetracking.rounding import Direction
from timetracking.selectors.reports import ReportQuestion, time_report

_FILTERS = {
    "employee_id": "employee_id",
    "project_id": "project_id",
    "task_id": "task_id",
    "client_id": "project__client_id",
    "is_billable": "is_billable",
}
COLUMNS = ("period", "group_id", "group_name", "seconds", "billable_seconds")


class ReportView(View):
    roles = {"get": MEMBERS}
    queries = {"get": ReportQuery}
    outputs = {"get": ReportOutput}
    unit: ClassVar[Unit | None] = None
    owed_only: ClassVar[bool] = False

    def get(self, request: Request) -> HttpResponseBase:
        return self.reply(self.report())

    def report(self) -> Report:
        asked = dict(self.query)
        filters = {column: asked.pop(name) for name, column in _FILTERS.items() if name in asked}
        asked["group_by"], asked["rounding"] = ReportGroup(asked["group_by"]), Direction(asked["rounding"])
        return time_report(ReportQuestion(unit=self.unit, owed_only=self.owed_only, filters=filters, **asked))


class DailyReportView(ReportView):
    """Finished time by local day and group."""

    unit = Unit.DAY


class WeeklyReportView(ReportView):
    """Finished time by week, which starts on the organization's day, and group."""

    unit = Unit.WEEK


class SummaryReportView(ReportView):
    """Finished time by group."""


class AmountsOwedView(ReportView):
    """Billable time with a rate that is on no live invoice, and what it comes to by group and currency."""

    roles = {"get": ADMINS}
    owed_only = True


class CsvView(ReportView):
    """The report as CSV; a row has one line for each currency."""

    outputs = {}
    renderer_classes = (JSONRenderer, CsvRenderer)
    name: ClassVar[str]

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request) -> HttpResponseBase:
        report = self.report()
        with_amounts = report.totals.amounts is not None
        columns = (*COLUMNS, "currency", "amount") if with_amounts else COLUMNS
        lines = (line for row in report.rows for line in _lines(row, with_amounts=with_amounts))
        return csv_answer(request, self.name, columns, lines)


class DailyReportCsvView(CsvView, DailyReportView):
    name = "daily"


class WeeklyReportCsvView(CsvView, WeeklyReportView):
    name = "weekly"


class SummaryReportCsvView(CsvView, SummaryReportView):
    name = "summary"


class AmountsOwedCsvView(CsvView, AmountsOwedView):
    name = "amounts-owed"


def _lines(row: Row, *, with_amounts: bool) -> Iterator[list[Any]]:
    """Yield a row's lines; time stands on the first only, so that columns can be summed."""
    times = [row.totals.seconds, row.totals.billable_seconds]
    amounts = [[money.currency, money.amount] for money in row.totals.amounts or ()] or [["", ""]]
    for money in amounts if with_amounts else [[]]:
        yield [*row.place, *times, *money]
        times = [0, 0]
