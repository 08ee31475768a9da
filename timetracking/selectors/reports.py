"""What was worked, by local day, by week or in sum, by whom or on what; the number of queries is fixed."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet

from employees.selectors import employees
from gauzy.exceptions import Forbidden
from gauzy.organizations.selectors import get_organization
from timetracking.calendar import Unit, instant_of, kept_day, span, split, zone_named
from timetracking.choices import ReportGroup
from timetracking.intervals import Interval
from timetracking.models import InvoicedLog, TimeLog
from timetracking.reporting import Place, Report, Sum, make_report
from timetracking.rounding import Direction, round_interval
from timetracking.selectors.logs import visible_logs
from timetracking.selectors.projects import sees_rates, tags, with_project_in_sight
from timetracking.selectors.weeks import PRIVATE

_READ = (
    *("id", "employee_id", "project_id", "project__name", "task_id", "task__title", "project__client_id"),
    *("project__client__name", "started_at", "stopped_at", "is_billable", "rate_amount", "rate_currency"),
)
_COLUMNS = {
    ReportGroup.PROJECT: ("project_id", "project__name"),
    ReportGroup.TASK: ("task_id", "task__title"),
    ReportGroup.CLIENT: ("project__client_id", "project__client__name"),
}
_Log = dict[str, Any]
_Groups = Callable[[_Log], list[tuple[UUID | None, str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportQuestion:
    """Days are those of `time_zone`, the organization's if empty; `last_day` is included. `unit`: None for one sum.

    `round_to` seconds are the steps of that zone's clock to which each log is rounded, 0 for none.
    """

    organization_id: UUID
    first_day: date
    last_day: date
    unit: Unit | None
    group_by: ReportGroup
    time_zone: str = ""
    filters: Mapping[str, UUID | bool] = field(default_factory=dict)
    round_to: int = 0
    rounding: Direction = Direction.NEAREST
    owed_only: bool = False


def time_report(question: ReportQuestion) -> Report:
    """Return the report of the finished time that the actor may see; raise `Forbidden` for amounts owed without right.

    Only what lies inside the days counts. The totals do not depend on the grouping, nor on days or weeks.
    """
    if question.owed_only and not sees_rates():
        raise Forbidden
    organization = get_organization(question.organization_id)
    zone = zone_named(question.time_zone or organization.time_zone)
    end = kept_day(question.last_day, "last_day") + timedelta(days=1)
    within = span(kept_day(question.first_day, "first_day"), end, zone)
    found, sums, whole = _logs(question, within), defaultdict[Place, Sum](Sum), Sum()
    groups_of = _grouping(question, found)
    for log in found.values(*_READ, "project_in_sight").iterator():
        groups = groups_of(log)
        for period, seconds in _parts(log, question, within, zone, organization.week_starts_on):
            for one in (whole, *(sums[Place(period, *group)] for group in groups)):
                one.add(
                    seconds,
                    is_billable=log["is_billable"],
                    rate=log["rate_amount"],
                    currency=log["rate_currency"],
                )
    overlapping = question.group_by == ReportGroup.TAG
    return make_report(zone.key, sums, whole, overlapping=overlapping, with_amounts=sees_rates())


def _logs(question: ReportQuestion, within: Interval) -> QuerySet[Any]:
    """Return the logs in question; none of a project out of sight where a place is asked for."""
    found: QuerySet[Any] = (
        visible_logs(organization_id=question.organization_id).select_related(None).prefetch_related(None)
    )
    inside = found.filter(started_at__lt=within.end, stopped_at__gt=within.start)
    found = with_project_in_sight(inside).filter(**question.filters)
    if any(name.startswith(("project", "task")) for name in question.filters):
        found = found.filter(project_in_sight=True)
    if question.owed_only:
        live = InvoicedLog.objects.filter(time_log=OuterRef("pk"), is_live=True)
        found = found.filter(~Exists(live), is_billable=True, rate_amount__isnull=False)
    return found


def _parts(
    log: _Log, question: ReportQuestion, within: Interval, zone: ZoneInfo, first_weekday: int
) -> Iterator[tuple[date | None, int]]:
    part = Interval(log["started_at"], log["stopped_at"]).clip(within)
    if part and question.round_to > 1:
        part = _rounded(part, question, zone)
        part = part and part.clip(within)
    if part is None:
        return
    if question.unit is None:
        yield None, part.seconds
        return
    for period, piece in split(part, zone, question.unit, first_weekday):
        yield period, piece.seconds


def _rounded(part: Interval, question: ReportQuestion, zone: ZoneInfo) -> Interval | None:
    start, end = round_interval(part.start, part.end, step=question.round_to, direction=question.rounding, zone=zone)
    return Interval(instant_of(start), instant_of(end)) if start < end else None


def _grouping(question: ReportQuestion, found: QuerySet[Any]) -> _Groups:
    """Return what tells the groups of a log: one, or one for each of its tags."""
    match question.group_by:
        case ReportGroup.EMPLOYEE:
            names = {one.pk: str(one) for one in employees(organization_id=question.organization_id)}
            return lambda log: [(log["employee_id"], names[log["employee_id"]])]
        case ReportGroup.TAG:
            tagged = _tags_of(question, found)
            return lambda log: tagged.get(log["id"]) or [(None, "")]
        case group_by:
            return lambda log: [_place_of(log, *_COLUMNS[group_by])]


def _place_of(log: _Log, key: str, name: str) -> tuple[UUID | None, str]:
    if log["project_id"] and not log["project_in_sight"]:
        return None, PRIVATE
    return log[key], log[name] or ""


def _tags_of(question: ReportQuestion, found: QuerySet[Any]) -> dict[UUID, list[tuple[UUID | None, str]]]:
    names = dict(tags(organization_id=question.organization_id).values_list("id", "name"))
    tagged = defaultdict[UUID, list[tuple[UUID | None, str]]](list)
    pairs = TimeLog.tags.through.objects.filter(timelog_id__in=found.order_by().values("pk"))
    for log_id, tag_id in pairs.values_list("timelog_id", "tag_id"):
        tagged[log_id].append((tag_id, names[tag_id]))
    return tagged
