"""The timer: one per employee."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from gauzy import eventbus as bus
from gauzy.organizations.choices import SecondTimerPolicy
from gauzy.tenancy.validation import clean
from timetracking.choices import LogSource, StopReason
from timetracking.events import TimerStartedEvent, TimerStoppedEvent
from timetracking.exceptions import EmploymentOver, EmptyInterval, StartsInFuture, TimerRunning
from timetracking.intervals import Interval, instant
from timetracking.models import TimeLog
from timetracking.selectors.locks import is_before_lock_date, locking_timesheets, require_unlocked
from timetracking.selectors.people import Person
from timetracking.selectors.projects import get_tags
from timetracking.services import writing
from timetracking.services.ledger import lock_ledgers
from timetracking.services.policies import Deed, authorize, require_fields
from timetracking.services.rates import take_rate
from timetracking.services.shared import now

CLOCK_TOLERANCE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Stopped:
    """`log` is None if nothing ran, or if it ran for less than a second and was discarded."""

    log: TimeLog | None = None
    discarded: bool = False


@transaction.atomic
def start_timer(
    *,
    employee_id: UUID,
    project_id: UUID | None = None,
    task_id: UUID | None = None,
    description: str = "",
    is_billable: bool | None = None,
    tag_ids: Sequence[UUID] = (),
    started_at: datetime | None = None,
) -> TimeLog:
    """Let the employee's timer run, from now if no start is given.

    One that runs already is stopped at that instant, or `TimerRunning` is raised, as the organization's policy says;
    also where that instant would leave nothing of the work done since. Raises `StartsInFuture` beyond the tolerance for
    clocks, and what `create_time_log` raises.
    """
    given = _checked(started_at) if started_at else None
    found = authorize(employee_id, Deed.TIMER if started_at is None else Deed.MANUAL)
    lock_ledgers([found.id])
    if found.employee.ended_at:
        raise EmploymentOver
    start = given or now()  # of the moment when it was this start's turn
    _make_way(found, start, until=now() if given else start)
    log = TimeLog(organization=found.organization, employee=found.employee, source=LogSource.TIMER, started_at=start)
    log.description = description.strip()
    writing.put_in_place(log, project_id, task_id)
    default = log.project.is_billable if log.project else True
    log.is_billable = default if is_billable is None else is_billable
    tags = get_tags(log.organization_id, list(tag_ids))
    clean(log)
    require_fields(found, log)
    require_unlocked(found, [Interval(start, start + timedelta(seconds=1))])
    writing.check_overlap(found, log)
    log.save(force_insert=True)
    log.tags.set(tags)
    bus.publish(_started(log))
    return log


@transaction.atomic
def stop_timer(
    *, employee_id: UUID, stopped_at: datetime | None = None, reason: StopReason = StopReason.STOPPED
) -> Stopped:
    """Stop the employee's timer, now if no moment is given; safe to repeat.

    A timer that ends in a locked period is kept, and marked as a conflict: work done is not lost. Raises
    `EmptyInterval` for a moment before it began.
    """
    found = authorize(employee_id, Deed.TIMER if stopped_at is None else Deed.MODIFY)
    lock_ledgers([found.id])
    end = instant(stopped_at, "stopped_at") if stopped_at else now()
    running = _running(found)
    if stopped_at and running and end < running.started_at:
        raise EmptyInterval(fields={"stopped_at": [EmptyInterval.message]})
    return _stop(found, min(end, now() + CLOCK_TOLERANCE), reason)


@transaction.atomic
def toggle_timer(*, employee_id: UUID) -> Stopped | TimeLog:
    """Stop the timer if it runs, else start it."""
    found = authorize(employee_id, Deed.TIMER)
    lock_ledgers([found.id])
    if _running(found):
        return _stop(found, now(), StopReason.STOPPED)
    return start_timer(employee_id=employee_id)


def _checked(started_at: datetime) -> datetime:
    start = instant(started_at, "started_at")
    if start > now() + CLOCK_TOLERANCE:
        raise StartsInFuture(fields={"started_at": [StartsInFuture.message]})
    return start


def _make_way(found: Person, start: datetime, *, until: datetime) -> None:
    """Stop what runs at the start; refuse where that would undo what was worked until a moment."""
    if running := _running(found):
        would_lose_work = start <= running.started_at < until
        if found.settings.second_timer == SecondTimerPolicy.REFUSE or would_lose_work:
            raise TimerRunning
        _stop(found, max(start, running.started_at), StopReason.REPLACED)


def _running(found: Person) -> TimeLog | None:
    running: TimeLog | None = (
        TimeLog.objects.filter(employee_id=found.id, stopped_at=None, deleted_at=None)
        .select_related("project", "organization")
        .first()
    )
    return running


def _stop(found: Person, end: datetime, reason: StopReason) -> Stopped:
    log = _running(found)
    if log is None:
        return Stopped()
    if end <= log.started_at:
        log.deleted_at, log.stopped_at = now(), log.started_at + timedelta(seconds=1)
        log.save(update_fields=["deleted_at", "stopped_at", "updated_at"])
        bus.publish(_stopped(log, log.started_at, reason, discarded=True))
        return Stopped(discarded=True)
    log.stopped_at = end
    interval = Interval(log.started_at, end)
    log.in_locked_time = bool(locking_timesheets(found, [interval])) or is_before_lock_date(found, [interval])
    take_rate(log)
    writing.ensure_timesheets(found, [interval])
    log.save()
    bus.publish_many([_stopped(log, end, reason), writing.created(log)])
    return Stopped(log)


def _started(log: TimeLog) -> TimerStartedEvent:
    return TimerStartedEvent(
        time_log_id=log.id,
        employee_id=log.employee_id,
        organization_id=log.organization_id,
        project_id=log.project_id,
        task_id=log.task_id,
        started_at=log.started_at,
    )


def _stopped(log: TimeLog, at: datetime, reason: StopReason, *, discarded: bool = False) -> TimerStoppedEvent:
    return TimerStoppedEvent(
        time_log_id=log.id,
        employee_id=log.employee_id,
        organization_id=log.organization_id,
        stopped_at=at,
        reason=str(reason),
        discarded=discarded,
        in_locked_time=log.in_locked_time,
    )
