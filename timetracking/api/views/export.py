from typing import Any

from django.db.models import Prefetch
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from gauzy.rest.spreadsheets import ROWS_AT_ONCE, CsvRenderer, csv_answer
from gauzy.rest.views import View
from gauzy.tenancy.roles import MEMBERS
from timetracking.api.serializers.time import TimeLogQuery
from timetracking.models import TimeLog
from timetracking.selectors.logs import visible_logs
from timetracking.selectors.projects import sees_rates, tags, with_project_in_sight
from timetracking.selectors.weeks import PRIVATE

MOST_ROWS = 50_000
COLUMNS = (
    *("id", "employee", "project", "task", "description", "tags", "billable", "started_at", "stopped_at", "seconds"),
    *("rate_amount", "rate_currency"),
)


class TimeLogExportView(View):
    """The list as CSV, all of it in one answer (the latest 50,000); rates only for who may see them."""

    roles = {"get": MEMBERS}
    queries = {"get": TimeLogQuery}
    renderer_classes = (JSONRenderer, CsvRenderer)

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request) -> StreamingHttpResponse:
        found, with_rates = visible_logs(**self.query).prefetch_related(None), sees_rates()
        named = found.prefetch_related(Prefetch("tags", queryset=tags()))  # tags() asks for the tenant now, not later
        logs = with_project_in_sight(named).order_by("-started_at", "-id")[:MOST_ROWS]
        rows = (_cells(log, with_rates=with_rates) for log in logs.iterator(chunk_size=ROWS_AT_ONCE))
        return csv_answer(request, "time-logs", COLUMNS, rows)


def _place(log: Any) -> tuple[Any, Any]:
    if log.project_id and not log.project_in_sight:
        return PRIVATE, ""
    return log.project or "", log.task or ""


def _cells(log: TimeLog, *, with_rates: bool) -> list[Any]:
    rate = [log.rate_amount, log.rate_currency] if with_rates and log.rate_amount is not None else ["", ""]
    return [
        *(log.pk, log.employee, *_place(log), log.description),
        *("; ".join(tag.name for tag in log.tags.all()), "yes" if log.is_billable else "no"),
        *(log.started_at.isoformat(), log.stopped_at.isoformat() if log.stopped_at else "", log.seconds or "", *rate),
    ]
