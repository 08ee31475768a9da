from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from employees.events import EmployeeEndedEvent
from employees.selectors import get_employee
from gauzy import eventbus as bus
from gauzy.eventbus import Metadata, handles
from gauzy.notifications.services import notify
from timetracking.choices import (
    BUDGET_REACHED,
    TIMER_FORGOTTEN,
    TIMESHEET_DECIDED,
    TIMESHEET_MISSING,
    TIMESHEET_SUBMITTED,
    StopReason,
)
from timetracking.events import (
    ProjectBudgetReachedEvent,
    TimeLogCreatedEvent,
    TimeLogDeletedEvent,
    TimeLogRestoredEvent,
    TimeLogUpdatedEvent,
    TimerStartedEvent,
    TimerStoppedEvent,
    TimesheetApprovedEvent,
    TimesheetMissedEvent,
    TimesheetRejectedEvent,
    TimesheetReopenedEvent,
    TimesheetSubmittedEvent,
)
from timetracking.selectors.logs import running_timer
from timetracking.selectors.people import approvers_of, budget_holders_of
from timetracking.selectors.projects import get_project
from timetracking.services.budgets import check_budget
from timetracking.services.timer import stop_timer

LONGEST_TIMER: Final = timedelta(hours=12)


@handles(EmployeeEndedEvent)
def stop_timer_of_ended_employee(event: EmployeeEndedEvent) -> None:
    """Stop it at the end, or as it began if that was later: a start may lie ahead by what clocks differ."""
    running = running_timer(event.employee_id)
    if running is None or get_employee(event.employee_id).ended_at is None:
        raise bus.Skip("no timer runs, or the employment goes on")
    end = max(event.ended_at, running.started_at)
    stop_timer(employee_id=event.employee_id, stopped_at=end, reason=StopReason.EMPLOYMENT_ENDED)


@handles(TimerStartedEvent, after=LONGEST_TIMER)
def stop_forgotten_timer(event: TimerStartedEvent) -> None:
    """Stop a timer that still runs after so long, at the moment when it had run for so long."""
    running = running_timer(event.employee_id)
    if running is None or running.pk != event.time_log_id:
        raise bus.Skip("it does not run any more")
    stop_timer(
        employee_id=event.employee_id,
        stopped_at=event.started_at + LONGEST_TIMER,
        reason=StopReason.FORGOTTEN,
    )


def _is_forgotten(event: TimerStoppedEvent) -> bool:
    return event.reason == StopReason.FORGOTTEN


@handles(TimerStoppedEvent, when=_is_forgotten, history=False)
def notify_employee_of_forgotten_timer(event: TimerStoppedEvent, meta: Metadata) -> None:
    notify(
        event_id=meta.event_id,
        user_ids=[get_employee(event.employee_id).user_id],
        kind=TIMER_FORGOTTEN,
        title="Your timer was stopped",
        body=f"It had run for {LONGEST_TIMER.total_seconds() / 3600:.0f} hours. Correct its end if you worked on.",
    )


def _projects_of(event: Any) -> set[UUID]:
    """Return the projects of a log: where it is, and where it was before."""
    left = {UUID(one.old) for one in getattr(event, "changes", ()) if one.field == "project" and one.old}
    return left | ({event.project_id} if event.project_id else set())


def _has_project(event: Any) -> bool:
    return bool(_projects_of(event))


@handles(TimeLogCreatedEvent, TimeLogUpdatedEvent, TimeLogDeletedEvent, TimeLogRestoredEvent, when=_has_project)
def check_project_budget(event: Any) -> None:
    for project_id in sorted(_projects_of(event)):
        check_budget(project_id=project_id)


@handles(ProjectBudgetReachedEvent, history=False)
def notify_of_budget(event: ProjectBudgetReachedEvent, meta: Metadata) -> None:
    project = get_project(event.project_id)
    notify(
        event_id=meta.event_id,
        user_ids=budget_holders_of(event.project_id),
        kind=BUDGET_REACHED,
        title=f"{project.name}: {event.percent} % of the budget is spent",
    )


@handles(TimesheetSubmittedEvent, history=False)
def notify_approvers(event: TimesheetSubmittedEvent, meta: Metadata) -> None:
    notify(
        event_id=meta.event_id,
        user_ids=approvers_of(event.employee_id),
        kind=TIMESHEET_SUBMITTED,
        title=f"{get_employee(event.employee_id)} submitted the week of {event.period_start}",
    )


@handles(TimesheetApprovedEvent, TimesheetRejectedEvent, TimesheetReopenedEvent, history=False)
def notify_employee_of_decision(event: Any, meta: Metadata) -> None:
    notify(
        event_id=meta.event_id,
        user_ids=[_user_of(event.employee_id)],
        kind=TIMESHEET_DECIDED,
        title=f"Your week of {event.period_start} was {_WORDS[type(event)]}",
        body=getattr(event, "reason", ""),
    )


@handles(TimesheetMissedEvent, history=False)
def notify_of_missing_week(event: TimesheetMissedEvent, meta: Metadata) -> None:
    notify(
        event_id=meta.event_id,
        user_ids=[_user_of(event.employee_id)],
        kind=TIMESHEET_MISSING,
        title=f"Your week of {event.period_start} is not submitted",
    )


_WORDS: Final = {
    TimesheetApprovedEvent: "approved",
    TimesheetRejectedEvent: "rejected",
    TimesheetReopenedEvent: "opened again",
}


def _user_of(employee_id: UUID) -> UUID:
    return get_employee(employee_id).user_id
