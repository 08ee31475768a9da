"""Periods of employees: which instants they cover, and what is in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db.models import Max, Min, Q, QuerySet

from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import current_role
from gauzy.tenancy.roles import ADMINS
from timetracking.calendar import span
from timetracking.exceptions import TimesheetNotFound
from timetracking.intervals import Interval, format_duration
from timetracking.models import TimeLog, Timesheet
from timetracking.selectors.acting import actor_id
from timetracking.selectors.logs import logs_within
from timetracking.selectors.people import may_decide, zone_of


class TimesheetFilters(TypedDict, total=False):
    organization_id: UUID
    employee_id: UUID
    status: str
    period_from: date
    period_until: date


@dataclass(frozen=True, slots=True)
class Totals:
    """Seconds of the part of each log that lies in the period."""

    seconds: int = 0
    billable_seconds: int = 0

    def as_text(self) -> tuple[str, str]:
        """Return both as people read them."""
        return format_duration(self.seconds), format_duration(self.billable_seconds)


def visible_timesheets(**filters: Unpack[TimesheetFilters]) -> QuerySet[Timesheet]:
    """Return the timesheets that the actor may see: their own, and of those about whom they decide."""
    equal = {name: value for name, value in filters.items() if not name.startswith("period_")}
    found: QuerySet[Timesheet] = Timesheet.objects.filter(**equal)
    if "period_from" in filters:
        found = found.filter(period_start__gte=filters["period_from"])
    if "period_until" in filters:
        found = found.filter(period_start__lte=filters["period_until"])
    found = found.select_related("employee", "organization", "employee__organization")
    role = current_role()
    if role is None or role in ADMINS or role == Role.VIEWER:
        return found
    scope = Q(employee__user_id=actor_id())
    return found.filter(scope | Q(employee__in=may_decide().values("pk")))


def get_visible_timesheet(timesheet_id: UUID) -> Timesheet:
    if sheet := visible_timesheets().filter(pk=timesheet_id).first():
        return sheet
    raise TimesheetNotFound


def covered(sheet: Timesheet, employee: Any = None) -> Interval:
    """Return the instants of a period: those it was frozen with, else by the employee's zone of today."""
    if sheet.starts_at and sheet.ends_at:
        return Interval(sheet.starts_at, sheet.ends_at)
    return span(sheet.period_start, sheet.period_end, zone_of(employee or sheet.employee))


def unfrozen_bounds(sheet: Timesheet, employee: Any) -> Interval:
    """Return the instants that a period is to be frozen with: it joins its frozen neighbours without gap or overlap.

    They differ from local midnights where the zone or the first weekday changed after a neighbour was frozen.
    """
    own = span(sheet.period_start, sheet.period_end, zone_of(employee))
    neighbours = Timesheet.objects.filter(employee_id=sheet.employee_id, ends_at__isnull=False).exclude(pk=sheet.pk)
    before = neighbours.filter(period_start__lt=sheet.period_start, period_end__gte=sheet.period_start)
    after = neighbours.filter(period_start__gt=sheet.period_start, period_start__lte=sheet.period_end)
    start = before.aggregate(at=Max("ends_at"))["at"] or own.start
    end = after.aggregate(at=Min("starts_at"))["at"] or own.end
    return Interval(start, end)


def totals_of(sheets: Sequence[Timesheet]) -> dict[UUID, Totals]:
    """Return the totals of each timesheet, in one query for all of them."""
    if not sheets:
        return {}
    bounds = {sheet.pk: covered(sheet) for sheet in sheets}
    first, last = min(one.start for one in bounds.values()), max(one.end for one in bounds.values())
    by_employee: dict[UUID, list[TimeLog]] = {}
    for log in logs_within([sheet.employee_id for sheet in sheets], first, last):
        by_employee.setdefault(log.employee_id, []).append(log)
    return {sheet.pk: total(by_employee.get(sheet.employee_id, []), bounds[sheet.pk]) for sheet in sheets}


def total(logs: Sequence[TimeLog], within: Interval) -> Totals:
    """Add up the parts of finished logs that lie in the interval."""
    seconds = billable = 0
    for log in logs:
        part = Interval(log.started_at, log.stopped_at).clip(within) if log.stopped_at else None
        if part:
            seconds += part.seconds
            billable += part.seconds if log.is_billable else 0
    return Totals(seconds, billable)
