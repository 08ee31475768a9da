"""Timesheets: the only moves there are."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from gauzy import context
from gauzy import eventbus as bus
from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import current_role
from gauzy.tenancy.roles import MANAGERS
from timetracking.calendar import kept_day, span, week_start
from timetracking.choices import TimesheetMove, TimesheetStatus
from timetracking.events import (
    TimesheetApprovedEvent,
    TimesheetRejectedEvent,
    TimesheetReopenedEvent,
    TimesheetSubmittedEvent,
    TimesheetWithdrawnEvent,
)
from timetracking.exceptions import (
    NotYours,
    OwnTimesheet,
    PeriodNotBegun,
    ReasonRequired,
    TimerRunning,
    TimesheetNotFound,
    VersionChanged,
    WrongState,
)
from timetracking.models import TimeLog, Timesheet, TimesheetEntry
from timetracking.selectors.invoices import require_not_invoiced
from timetracking.selectors.people import Person, acts_as_manager, person
from timetracking.selectors.timesheets import Totals, covered, get_visible_timesheet, totals_of, unfrozen_bounds
from timetracking.services.ledger import lock_ledgers
from timetracking.services.shared import locked, now

_S, _M = TimesheetStatus, TimesheetMove
# From which states a move may come, and where it leads. Whatever is not here is a conflict.
MOVES: Final[Mapping[TimesheetMove, tuple[frozenset[TimesheetStatus], TimesheetStatus]]] = {
    _M.SUBMIT: (frozenset({_S.OPEN, _S.REJECTED}), _S.SUBMITTED),
    _M.WITHDRAW: (frozenset({_S.SUBMITTED}), _S.OPEN),
    _M.APPROVE: (frozenset({_S.SUBMITTED}), _S.APPROVED),
    _M.REJECT: (frozenset({_S.SUBMITTED}), _S.REJECTED),
    _M.REOPEN: (frozenset({_S.APPROVED}), _S.OPEN),
}


@transaction.atomic
def ensure_timesheet(*, employee_id: UUID, day: date) -> Timesheet:
    """Return the timesheet of the employee's week with that day, made if it is missing."""
    found = person(employee_id)
    _require_owner_or_manager(found)
    start = week_start(kept_day(day, "day"), found.organization.week_starts_on)
    if sheet := Timesheet.objects.filter(employee_id=found.id, period_start=start).first():
        return sheet
    lock_ledgers([found.id])
    sheet, _ = Timesheet.objects.get_or_create(
        employee_id=found.id,
        period_start=start,
        defaults={"organization": found.organization, "period_end": start + timedelta(days=7)},
    )
    return sheet


@transaction.atomic
def submit_timesheet(*, timesheet_id: UUID, version: int | None = None) -> Timesheet:
    """Hand a period in, oneself or for somebody one manages; it is locked from now on.

    Raises `PeriodNotBegun`, `TimerRunning`, `WrongState` and `VersionChanged`.
    """
    sheet, found = _lock(timesheet_id)
    _require_owner_or_manager(found)
    if is_repeated(sheet, _M.SUBMIT):
        return sheet
    require_move(sheet, _M.SUBMIT, version)
    bounds = unfrozen_bounds(sheet, found.employee)
    if span(sheet.period_start, sheet.period_end, found.zone).start > now():
        raise PeriodNotBegun
    if TimeLog.objects.filter(
        employee_id=found.id, stopped_at=None, deleted_at=None, started_at__lt=bounds.end
    ).exists():
        raise TimerRunning("Stop the timer first.")
    sheet.starts_at, sheet.ends_at, sheet.time_zone = bounds.start, bounds.end, found.zone.key
    sheet.submitted_at, sheet.decided_at = now(), None
    return _finish(sheet, _M.SUBMIT)


@transaction.atomic
def withdraw_timesheet(*, timesheet_id: UUID, version: int | None = None) -> Timesheet:
    """Take a submitted period back, as its owner."""
    sheet, found = _lock(timesheet_id)
    if not found.is_actor:
        raise NotYours
    return _unlock(sheet, _M.WITHDRAW, version)


@transaction.atomic
def approve_timesheet(*, timesheet_id: UUID, version: int | None = None, reason: str = "") -> Timesheet:
    """Approve a submitted period; `version` is the one that the approver saw, if it shall be that one."""
    sheet, found = _lock(timesheet_id)
    require_approver(found)
    if is_repeated(sheet, _M.APPROVE):
        return sheet
    require_move(sheet, _M.APPROVE, version)
    sheet.decided_at = now()
    return _finish(sheet, _M.APPROVE, reason)


@transaction.atomic
def reject_timesheet(*, timesheet_id: UUID, reason: str, version: int | None = None) -> Timesheet:
    """Send a submitted period back; raise `ReasonRequired` without a reason."""
    sheet, found = _lock(timesheet_id)
    require_approver(found)
    return _unlock(sheet, _M.REJECT, version, _reason(reason))


@transaction.atomic
def reopen_timesheet(*, timesheet_id: UUID, reason: str, version: int | None = None) -> Timesheet:
    """Open an approved period again, as an approver and with a reason; raise `TimeInvoiced` while time of it is."""
    sheet, found = _lock(timesheet_id)
    require_approver(found)
    if sheet.status == TimesheetStatus.APPROVED:
        require_not_invoiced(sheet.employee_id, covered(sheet))
    return _unlock(sheet, _M.REOPEN, version, _reason(reason))


def _lock(timesheet_id: UUID) -> tuple[Timesheet, Person]:
    seen = get_visible_timesheet(timesheet_id)
    lock_ledgers([seen.employee_id])
    return locked(Timesheet, seen.pk, TimesheetNotFound), person(seen.employee_id)


def _require_owner_or_manager(found: Person) -> None:
    if not acts_as_manager(found) and (not found.is_actor or current_role() == Role.VIEWER):
        raise NotYours


def require_approver(found: Person, *, decides: bool | None = None) -> None:
    """Raise why the actor may not decide; `decides`: whether they decide about this person, if that is known."""
    if not found.settings.approvals:
        raise WrongState("The organization does without approvals.")
    if found.is_actor and not (found.settings.approve_own and current_role() in MANAGERS):
        raise OwnTimesheet
    if not found.is_actor and not (acts_as_manager(found) if decides is None else decides):
        raise NotYours


def _reason(text: str) -> str:
    if not text.strip():
        raise ReasonRequired(fields={"reason": [ReasonRequired.message]})
    return text.strip()


def is_repeated(sheet: Timesheet, move: TimesheetMove) -> bool:
    """Tell whether this move was the last one."""
    last = max(sheet.history.all(), key=lambda entry: entry.version, default=None)
    return sheet.status == MOVES[move][1] and last is not None and last.move == move


def require_move(sheet: Timesheet, move: TimesheetMove, version: int | None) -> None:
    if version is not None and version != sheet.version:
        raise VersionChanged
    if sheet.status not in MOVES[move][0]:
        raise WrongState(f"A timesheet that is {sheet.status} cannot be {TimesheetMove(move).label.lower()}.")


def _unlock(sheet: Timesheet, move: TimesheetMove, version: int | None, reason: str = "") -> Timesheet:
    """Make a move that leads out of a locking state; repeating it changes nothing."""
    if is_repeated(sheet, move):
        return sheet
    require_move(sheet, move, version)
    totals = totals_of([sheet])[sheet.pk]
    sheet.decided_at = now() if move != _M.WITHDRAW else None
    sheet.starts_at = sheet.ends_at = None
    sheet.time_zone = ""
    return _finish(sheet, move, reason, totals)


def _finish(sheet: Timesheet, move: TimesheetMove, reason: str = "", totals: Totals | None = None) -> Timesheet:
    entry, event = moved(sheet, move, reason, totals or totals_of([sheet])[sheet.pk])
    sheet.save()
    entry.save(force_insert=True)
    bus.publish(event)
    return sheet


def moved(sheet: Timesheet, move: TimesheetMove, reason: str, totals: Totals) -> tuple[TimesheetEntry, Any]:
    """Make a move that was judged; return its entry, not yet written like the sheet, and its event."""
    sheet.status = MOVES[move][1]
    sheet.version += 1
    actor = context.current().actor
    entry = TimesheetEntry(
        timesheet=sheet,
        version=sheet.version,
        move=move,
        actor_id=actor.user_id or actor.id,
        actor_label=actor.label[:200],
        reason=reason[:500],
        seconds=totals.seconds,
        billable_seconds=totals.billable_seconds,
        made_at=now(),
    )
    return entry, _event(sheet, move, reason)


def _event(sheet: Timesheet, move: TimesheetMove, reason: str) -> Any:
    facts: dict[str, Any] = {
        "timesheet_id": sheet.id,
        "employee_id": sheet.employee_id,
        "organization_id": sheet.organization_id,
        "period_start": sheet.period_start,
        "version": sheet.version,
    }
    match move:
        case _M.SUBMIT:
            return TimesheetSubmittedEvent(**facts)
        case _M.WITHDRAW:
            return TimesheetWithdrawnEvent(**facts)
        case _M.APPROVE:
            return TimesheetApprovedEvent(**facts)
        case _M.REJECT:
            return TimesheetRejectedEvent(**facts, reason=reason)
        case _M.REOPEN:
            return TimesheetReopenedEvent(**facts, reason=reason)
