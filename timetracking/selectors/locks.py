"""What keeps time from being changed: submitted and approved periods, the organization's lock date."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from gauzy.organizations.selectors import settings_of
from timetracking.calendar import day_start
from timetracking.choices import LOCKING, TimesheetStatus
from timetracking.exceptions import LockDatePassed, PeriodLocked
from timetracking.intervals import Interval, without_all
from timetracking.models import InvoicedLog, TimeLog, Timesheet
from timetracking.selectors.people import Person


def locking_timesheets(person: Person, intervals: Sequence[Interval]) -> list[Timesheet]:
    """Return the submitted and approved periods that hold any part of the intervals."""
    return touched_by(intervals, locking_around([person.id], intervals).get(person.id, ()))


def locking_around(employee_ids: Collection[UUID], intervals: Sequence[Interval]) -> dict[UUID, list[Timesheet]]:
    """Return the submitted and approved periods of the employees around the intervals, in one query."""
    if not intervals:
        return {}
    earliest, latest = min(one.start for one in intervals), max(one.end for one in intervals)
    sheets = Timesheet.objects.filter(
        employee_id__in=set(employee_ids), status__in=LOCKING, starts_at__lt=latest, ends_at__gt=earliest
    )
    found: dict[UUID, list[Timesheet]] = {}
    for sheet in sheets.order_by("period_start"):
        found.setdefault(sheet.employee_id, []).append(sheet)
    return found


def touched_by(intervals: Sequence[Interval], sheets: Iterable[Timesheet]) -> list[Timesheet]:
    """Return those of the fixed periods that hold any part of the intervals."""
    return [sheet for sheet in sheets if any(_covers(sheet, one) for one in intervals)]


def require_unlocked(person: Person, intervals: Sequence[Interval], *, override_lock_date: bool = False) -> None:
    """Raise `PeriodLocked` or `LockDatePassed` if any part of the intervals may not be changed."""
    refuse_locked(person, intervals, locking_timesheets(person, intervals), override_lock_date=override_lock_date)


def refuse_locked(
    person: Person, intervals: Sequence[Interval], sheets: Sequence[Timesheet], *, override_lock_date: bool = False
) -> None:
    """Raise `PeriodLocked` for the first of the periods that lock the intervals, or `LockDatePassed`."""
    if sheets:
        raise PeriodLocked(f"The {sheets[0]} is {sheets[0].status}.")
    if not override_lock_date and is_before_lock_date(person, intervals):
        raise LockDatePassed


def is_before_lock_date(person: Person, intervals: Sequence[Interval]) -> bool:
    """Tell whether any part lies in the days that the organization has closed, counted in the employee's zone."""
    last_day = person.settings.lock_date
    if last_day is None or not intervals:
        return False
    return min(one.start for one in intervals) < day_start(last_day + timedelta(days=1), person.zone)


def is_approved(log: TimeLog) -> bool:
    """Tell whether every period that the log touches is approved: only then may it be billed."""
    return bool(approved_among([log]))


def approved_among(logs: Sequence[TimeLog]) -> set[UUID]:
    """Return the ids of those logs of which every period that they touch is approved, in one query for all."""
    finished = _finished(logs)
    approved = _fixed_periods(logs, finished, TimesheetStatus.APPROVED)
    return {
        log.pk
        for log in logs
        if log.pk in finished and not without_all(finished[log.pk], approved.get(log.employee_id, ()))
    }


def locked_among(logs: Sequence[TimeLog]) -> set[UUID]:
    """Return the ids of those finished logs that nobody may change: of a submitted or approved period, of closed days,
    or on a live invoice.

    They come with employee and organization; the queries do not grow with their number.
    """
    finished = _finished(logs)
    held = _fixed_periods(logs, finished, *LOCKING)
    billed = set(InvoicedLog.objects.filter(time_log__in=finished, is_live=True).values_list("time_log_id", flat=True))
    policies = {id: settings_of(id) for id in {log.organization_id for log in logs}}

    def is_locked(log: TimeLog) -> bool:
        interval = finished[log.pk]
        found = Person(log.employee, log.organization, policies[log.organization_id])
        in_period = any(period.overlaps(interval) for period in held.get(log.employee_id, ()))
        return in_period or log.pk in billed or is_before_lock_date(found, [interval])

    return {log.pk for log in logs if log.pk in finished and is_locked(log)}


def _finished(logs: Sequence[TimeLog]) -> dict[UUID, Interval]:
    return {log.pk: Interval(log.started_at, log.stopped_at) for log in logs if log.stopped_at}


def _fixed_periods(
    logs: Sequence[TimeLog], finished: Mapping[UUID, Interval], *statuses: TimesheetStatus
) -> dict[UUID, list[Interval]]:
    """Return the periods around the logs that are in one of the states, by employee, in one query."""
    if not finished:
        return {}
    touched = Timesheet.objects.filter(
        employee_id__in={log.employee_id for log in logs},
        status__in=statuses,
        starts_at__lt=max(one.end for one in finished.values()),
        ends_at__gt=min(one.start for one in finished.values()),
    )
    found: dict[UUID, list[Interval]] = {}
    for sheet in touched:
        if sheet.starts_at and sheet.ends_at:
            found.setdefault(sheet.employee_id, []).append(Interval(sheet.starts_at, sheet.ends_at))
    return found


def _covers(sheet: Timesheet, interval: Interval) -> bool:
    return bool(sheet.starts_at and sheet.ends_at and sheet.starts_at < interval.end and interval.start < sheet.ends_at)
