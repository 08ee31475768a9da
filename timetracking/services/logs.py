"""Time logs: create, update, delete, restore. The timer is in `timer`, cutting logs up in `cutting`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NotRequired, TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from gauzy import eventbus as bus
from gauzy.eventbus import Change
from gauzy.exceptions import BulkRefused, DomainError
from gauzy.tenancy.changes import apply_changes
from gauzy.tenancy.validation import clean
from timetracking.choices import LogSource, RateOrigin
from timetracking.exceptions import TimeLogNotFound, TimerRunning
from timetracking.intervals import Interval, instant
from timetracking.models import TimeLog
from timetracking.selectors.locks import require_unlocked
from timetracking.selectors.logs import get_visible_log
from timetracking.selectors.projects import get_tags
from timetracking.services import writing
from timetracking.services.batches import LogBatch, own_rate
from timetracking.services.ledger import lock_ledgers
from timetracking.services.policies import (
    Deed,
    authorize,
    may_override_lock_date,
    require_allowed_future,
    require_fields,
    require_possible,
)
from timetracking.services.rates import RATE_CHANGED, take_rate
from timetracking.services.shared import locked, now, require_known, shorten
from timetracking.services.tasks import set_tags

EDITABLE = frozenset(
    {
        *("project_id", "task_id", "description", "is_billable", "tag_ids", "started_at", "stopped_at"),
        *("rate_amount", "rate_currency"),
    }
)
_TIMES = {"started_at", "stopped_at"}
_OF_RATE = {"rate_amount", "rate_currency"}


class NewTimeLog(TypedDict):
    """What is known of time that was worked. `is_billable` is the project's if it is left out, or true."""

    employee_id: UUID
    started_at: datetime
    stopped_at: datetime
    project_id: NotRequired[UUID | None]
    task_id: NotRequired[UUID | None]
    description: NotRequired[str]
    is_billable: NotRequired[bool]
    tag_ids: NotRequired[Sequence[UUID]]
    source: NotRequired[LogSource]
    rate_amount: NotRequired[Decimal | None]
    rate_currency: NotRequired[str]


@transaction.atomic
def create_time_log(*, history: bool = False, override_lock_date: bool = False, **log: Unpack[NewTimeLog]) -> TimeLog:
    """Record time that was worked.

    history: it is long past, so handlers of news are skipped. Raises `EmployeeNotFound`, `NotYours`, the refusals of
    policies, `EmptyInterval`, `Overlaps`, `PeriodLocked`, `LockDatePassed`, and what is wrong with project, task, tags.
    """
    override = may_override_lock_date(override_lock_date)
    batch = LogBatch([log], override=override)
    row = batch.admit(log)
    batch.write()
    bus.publish(writing.created(row, override=override), history=history)
    return row


@transaction.atomic
def create_time_logs(*, items: Sequence[NewTimeLog | DomainError], atomic: bool = True) -> list[TimeLog | DomainError]:
    """Record several; return for each item its log or its refusal, in the same order.

    atomic: one refusal undoes them all, and `BulkRefused` names every item at fault. The number of queries does not
    depend on the items.
    """
    batch = LogBatch([item for item in items if not isinstance(item, DomainError)])
    outcomes = [batch.admit_or_refuse(item) for item in items]
    refusals = {index: outcome for index, outcome in enumerate(outcomes) if isinstance(outcome, DomainError)}
    if atomic and refusals:
        raise BulkRefused(refusals)
    bus.publish_many([writing.created(log) for log in batch.write()])
    return outcomes


@transaction.atomic
def update_time_log(*, time_log_id: UUID, values: Mapping[str, Any], override_lock_date: bool = False) -> TimeLog:
    """Set the given fields; only what differs is written and published, and nothing if nothing does.

    Everything is checked again except the log against itself; one that is not moved in time may go on overlapping.
    """
    require_known(values, EDITABLE)
    override = may_override_lock_date(override_lock_date)
    log = lock_log(time_log_id)
    found = authorize(log.employee_id, Deed.MODIFY)
    if log.stopped_at is None:
        raise TimerRunning("Stop the timer first.")
    before = writing.interval_of(log)
    if changes := _apply(log, values):
        clean(log)
        after = Interval(log.started_at, log.stopped_at)
        require_unlocked(found, [before, after], override_lock_date=override)
        require_fields(found, log)
        if before != after:
            require_possible(after)
            require_allowed_future(found, after)
            writing.check_overlap(found, log)
            writing.ensure_timesheets(found, [after])
        log.save()
        writing.publish_updated(log, shorten(changes), override=override)
    return log


@transaction.atomic
def delete_time_log(*, time_log_id: UUID, override_lock_date: bool = False) -> TimeLog:
    """Remove a log; it can be restored. Repeating changes nothing."""
    override = may_override_lock_date(override_lock_date)
    log = lock_log(time_log_id, deleted=None)
    found = authorize(log.employee_id, Deed.DELETE)
    if log.deleted_at:
        return log
    if log.stopped_at is None:
        raise TimerRunning("Stop the timer first.")
    require_unlocked(found, [writing.interval_of(log)], override_lock_date=override)
    log.deleted_at = now()
    log.save(update_fields=["deleted_at", "updated_at"])
    bus.publish(writing.deleted(log, override=override))
    return log


@transaction.atomic
def restore_time_log(*, time_log_id: UUID, override_lock_date: bool = False) -> TimeLog:
    """Bring a removed log back if nothing has taken its place meanwhile; repeating changes nothing."""
    override = may_override_lock_date(override_lock_date)
    log = lock_log(time_log_id, deleted=None)
    found = authorize(log.employee_id, Deed.DELETE)
    if log.deleted_at is None:
        return log
    require_unlocked(found, [writing.interval_of(log)], override_lock_date=override)
    writing.check_overlap(found, log)
    log.deleted_at = None
    log.save(update_fields=["deleted_at", "overlap_allowed", "updated_at"])
    bus.publish(writing.restored(log, override=override))
    return log


def lock_log(time_log_id: UUID, *, deleted: bool | None = False) -> TimeLog:
    """Lock the ledger of the log's employee and return the log as it then is; raise `TimeLogNotFound`.

    deleted: None takes one that is and one that is not.
    """
    if deleted is None:
        deleted = not TimeLog.objects.filter(pk=time_log_id, deleted_at=None).exists()
    seen = get_visible_log(time_log_id, deleted=deleted)
    lock_ledgers([seen.employee_id])
    return locked(TimeLog, seen.pk, TimeLogNotFound)


def _apply(log: TimeLog, values: Mapping[str, Any]) -> list[Change]:
    place = (log.project_id, log.task_id)
    times = {name: instant(values[name], name) for name in _TIMES & values.keys()}
    plain = {name: value for name, value in values.items() if name in {"description", "is_billable"}}
    changes = list(apply_changes(log, plain | times))
    changes += _move(log, values)
    if "tag_ids" in values:
        changes += set_tags(log, get_tags(log.organization_id, list(values["tag_ids"])))
    before = (log.rate_amount, log.rate_currency, log.rate_origin)
    if _OF_RATE & values.keys():
        take_rate(log, own_rate(log, values))
    elif log.rate_origin != RateOrigin.LOG and (place != (log.project_id, log.task_id) or times):
        take_rate(log)
    if before != (log.rate_amount, log.rate_currency, log.rate_origin):
        changes.append(RATE_CHANGED)
    return changes


def _move(log: TimeLog, values: Mapping[str, Any]) -> list[Change]:
    """Put a log into another project or task; a new project without a task takes the old task away."""
    if not {"project_id", "task_id"} & values.keys():
        return []
    before = {"project": log.project_id, "task": log.task_id}
    project_id = values.get("project_id", None if values.get("task_id") else log.project_id)
    task_id = values.get("task_id", log.task_id if project_id == log.project_id else None)
    writing.put_in_place(log, project_id, task_id)
    after = {"project": log.project_id, "task": log.task_id}
    return [
        Change(field=name, old=_text(before[name]), new=_text(after[name]))
        for name in before
        if before[name] != after[name]
    ]


def _text(id: UUID | None) -> str | None:
    return str(id) if id else None
