"""Cutting time logs up: the pieces are the old interval without what was taken out."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from gauzy import eventbus as bus
from gauzy.eventbus import Change
from timetracking.exceptions import EmptyInterval, TimerRunning
from timetracking.intervals import Interval, instant
from timetracking.models import TimeLog
from timetracking.selectors.locks import require_unlocked
from timetracking.selectors.people import Person
from timetracking.services import writing
from timetracking.services.ledger import lock_ledgers
from timetracking.services.logs import lock_log
from timetracking.services.policies import Deed, authorize
from timetracking.services.shared import now


@transaction.atomic
def split_time_log(*, time_log_id: UUID, at: datetime) -> tuple[TimeLog, TimeLog]:
    """Make two touching logs of one; the second is new and like the first in all but time."""
    log = lock_log(time_log_id)
    found = authorize(log.employee_id, Deed.MODIFY)
    if log.stopped_at is None:
        raise TimerRunning("Stop the timer first.")
    moment, whole = instant(at, "at"), writing.interval_of(log)
    if not whole.start < moment < whole.end:
        raise EmptyInterval("Split it at a moment inside it.", fields={"at": ["It lies outside the log."]})
    require_unlocked(found, [whole])
    second = _cut(log, [Interval(whole.start, moment), Interval(moment, whole.end)])
    return log, second[0]


@transaction.atomic
def remove_time(*, employee_id: UUID, start: datetime, end: datetime) -> list[TimeLog]:
    """Take an interval out of an employee's finished logs; return what remains of those it touched.

    A log that lies in it is removed as by `delete_time_log`; others are shortened, or cut in two. Each has its event.
    """
    removed = Interval(instant(start, "start"), instant(end, "end"))
    found = authorize(employee_id, Deed.DELETE)
    lock_ledgers([found.id])
    touched = list(
        TimeLog.objects.filter(
            employee_id=found.id, deleted_at=None, started_at__lt=removed.end, stopped_at__gt=removed.start
        ).order_by("started_at")
    )
    require_unlocked(found, [writing.interval_of(log) for log in touched])
    return [piece for log in touched for piece in _remove(found, log, removed)]


def _remove(found: Person, log: TimeLog, removed: Interval) -> list[TimeLog]:
    pieces = writing.interval_of(log).minus(removed)
    if pieces:
        return [log, *_cut(log, pieces)]
    log.deleted_at = now()
    log.save(update_fields=["deleted_at", "updated_at"])
    bus.publish(writing.deleted(log))
    return []


def _cut(log: TimeLog, pieces: Sequence[Interval]) -> list[TimeLog]:
    """Give the first piece to the log and new logs to the others, which are returned."""
    old = writing.interval_of(log)
    tags = list(log.tags.all())
    log.started_at, log.stopped_at = pieces[0].start, pieces[0].end
    log.save(update_fields=["started_at", "stopped_at", "updated_at"])
    writing.publish_updated(log, list(_time_changes(old, pieces[0])))
    copies = [_copy(log, piece) for piece in pieces[1:]]
    for copy in copies:
        copy.save(force_insert=True)
        copy.tags.set(tags)
        bus.publish(writing.created(copy))
    return copies


def _time_changes(old: Interval, new: Interval) -> list[Change]:
    pairs = {"started_at": (old.start, new.start), "stopped_at": (old.end, new.end)}
    return [Change(field=name, old=str(one), new=str(other)) for name, (one, other) in pairs.items() if one != other]


def _copy(log: TimeLog, piece: Interval) -> TimeLog:
    copied = ("organization_id", "employee_id", "project_id", "task_id", "description", "is_billable", "source")
    of_rate = ("rate_amount", "rate_currency", "rate_origin", "overlap_allowed")
    values = {name: getattr(log, name) for name in (*copied, *of_rate)}
    return TimeLog(**values, started_at=piece.start, stopped_at=piece.end)
