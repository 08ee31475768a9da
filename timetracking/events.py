"""What time tracking announces. Amounts of money are in no event: who may see them, reads them from the rows."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from gauzy.eventbus import PERSONAL, Action, Change, Event, event


@event("timetracking.client_created", subject="client_id", action=Action.CREATED)
class ClientCreatedEvent(Event):
    """An organization got a client."""

    client_id: UUID
    organization_id: UUID


@event("timetracking.client_updated", subject="client_id", action=Action.UPDATED)
class ClientUpdatedEvent(Event):
    """A client's data changed, being archived among them; `changes` names only what differs."""

    client_id: UUID
    organization_id: UUID
    changes: Annotated[tuple[Change, ...], PERSONAL]


@event("timetracking.project_created", subject="project_id", action=Action.CREATED)
class ProjectCreatedEvent(Event):
    """A project was created."""

    project_id: UUID
    organization_id: UUID
    client_id: UUID | None


@event("timetracking.project_updated", subject="project_id", action=Action.UPDATED)
class ProjectUpdatedEvent(Event):
    """A project's data or members changed; members are `members.<employee id>`: member, manager or nothing."""

    project_id: UUID
    organization_id: UUID
    changes: tuple[Change, ...]


@event("timetracking.project_budget_reached", subject="project_id", action=Action.REACHED)
class ProjectBudgetReachedEvent(Event):
    """The time or the money spent on a project reached a share of its budget: 50, 80 or 100 percent."""

    project_id: UUID
    organization_id: UUID
    percent: int


@event("timetracking.task_created", subject="task_id", action=Action.CREATED)
class TaskCreatedEvent(Event):
    """A task was created in a project."""

    task_id: UUID
    project_id: UUID
    organization_id: UUID
    number: int


@event("timetracking.task_updated", subject="task_id", action=Action.UPDATED)
class TaskUpdatedEvent(Event):
    """A task's data changed; long texts in `changes` are cut short."""

    task_id: UUID
    project_id: UUID
    organization_id: UUID
    changes: tuple[Change, ...]


@event("timetracking.rate_created", subject="rate_id", action=Action.CREATED)
class RateCreatedEvent(Event):
    """A rate was set for an organization, an employee, a project, a member of it or a task."""

    rate_id: UUID
    organization_id: UUID
    applies_to: str
    valid_from: date


@event("timetracking.rate_updated", subject="rate_id", action=Action.UPDATED)
class RateUpdatedEvent(Event):
    """A rate got a last day, or lost it."""

    rate_id: UUID
    organization_id: UUID
    changes: tuple[Change, ...]


@event("timetracking.rates_recomputed", subject="organization_id", action=Action.UPDATED)
class RatesRecomputedEvent(Event):
    """Somebody had the rates of logs of these days found anew; approved and invoiced ones were left out."""

    organization_id: UUID
    first_day: date
    last_day: date
    changed: int
    skipped: int


@event("timetracking.timer_started", subject="time_log_id", action=Action.STARTED)
class TimerStartedEvent(Event):
    """An employee's timer began to run."""

    time_log_id: UUID
    employee_id: UUID
    organization_id: UUID
    project_id: UUID | None
    task_id: UUID | None
    started_at: datetime


@event("timetracking.timer_stopped", subject="time_log_id", action=Action.STOPPED)
class TimerStoppedEvent(Event):
    """A timer stopped, and why. One that ran for less than a second is discarded; of others a time log is created."""

    time_log_id: UUID
    employee_id: UUID
    organization_id: UUID
    stopped_at: datetime
    reason: str
    discarded: bool
    in_locked_time: bool


@event("timetracking.time_log_created", subject="time_log_id", action=Action.CREATED)
class TimeLogCreatedEvent(Event):
    """A time log was recorded, by whatever path."""

    time_log_id: UUID
    employee_id: UUID
    organization_id: UUID
    project_id: UUID | None
    task_id: UUID | None
    started_at: datetime
    stopped_at: datetime
    source: str
    overrides_lock_date: bool = False


@event("timetracking.time_log_updated", subject="time_log_id", action=Action.UPDATED)
class TimeLogUpdatedEvent(Event):
    """A time log changed; `changes` names only what differs, and of rates only that they do."""

    time_log_id: UUID
    employee_id: UUID
    organization_id: UUID
    project_id: UUID | None
    changes: tuple[Change, ...]
    overrides_lock_date: bool = False


@event("timetracking.time_log_deleted", subject="time_log_id", action=Action.DELETED)
class TimeLogDeletedEvent(Event):
    """A time log was removed; it can be restored."""

    time_log_id: UUID
    employee_id: UUID
    organization_id: UUID
    project_id: UUID | None
    overrides_lock_date: bool = False


@event("timetracking.time_log_restored", subject="time_log_id", action=Action.RESTORED)
class TimeLogRestoredEvent(Event):
    """A time log that had been removed came back."""

    time_log_id: UUID
    employee_id: UUID
    organization_id: UUID
    project_id: UUID | None
    overrides_lock_date: bool = False


@event("timetracking.timesheet_submitted", subject="timesheet_id", action=Action.SUBMITTED)
class TimesheetSubmittedEvent(Event):
    """A timesheet was submitted for approval; its period is locked."""

    timesheet_id: UUID
    employee_id: UUID
    organization_id: UUID
    period_start: date
    version: int


@event("timetracking.timesheet_approved", subject="timesheet_id", action=Action.APPROVED)
class TimesheetApprovedEvent(Event):
    """A submitted timesheet was approved; its period stays locked."""

    timesheet_id: UUID
    employee_id: UUID
    organization_id: UUID
    period_start: date
    version: int


@event("timetracking.timesheet_rejected", subject="timesheet_id", action=Action.REJECTED)
class TimesheetRejectedEvent(Event):
    """A submitted timesheet was sent back with a reason; its period is open again."""

    timesheet_id: UUID
    employee_id: UUID
    organization_id: UUID
    period_start: date
    version: int
    reason: Annotated[str, PERSONAL]


@event("timetracking.timesheet_withdrawn", subject="timesheet_id", action=Action.WITHDRAWN)
class TimesheetWithdrawnEvent(Event):
    """Its owner took a submitted timesheet back."""

    timesheet_id: UUID
    employee_id: UUID
    organization_id: UUID
    period_start: date
    version: int


@event("timetracking.timesheet_reopened", subject="timesheet_id", action=Action.REOPENED)
class TimesheetReopenedEvent(Event):
    """An approved timesheet was opened again, with a reason."""

    timesheet_id: UUID
    employee_id: UUID
    organization_id: UUID
    period_start: date
    version: int
    reason: Annotated[str, PERSONAL]


@event("timetracking.timesheet_missed", subject="employee_id", action=Action.REACHED)
class TimesheetMissedEvent(Event):
    """A week is over, and its employee has not handed it in."""

    employee_id: UUID
    organization_id: UUID
    period_start: date


@event("timetracking.invoice_created", subject="invoice_id", action=Action.CREATED)
class InvoiceCreatedEvent(Event):
    """A draft of an invoice was made of approved time, which no other invoice can have now."""

    invoice_id: UUID
    organization_id: UUID
    client_id: UUID


@event("timetracking.invoice_issued", subject="invoice_id", action=Action.ISSUED)
class InvoiceIssuedEvent(Event):
    """An invoice got its number and is a snapshot from now on."""

    invoice_id: UUID
    organization_id: UUID
    client_id: UUID
    number: str
    issued_on: date


@event("timetracking.invoice_paid", subject="invoice_id", action=Action.PAID)
class InvoicePaidEvent(Event):
    """A payment for an invoice was recorded; `in_full` tells whether nothing is open any more."""

    invoice_id: UUID
    organization_id: UUID
    client_id: UUID
    payment_id: UUID
    in_full: bool


@event("timetracking.invoice_voided", subject="invoice_id", action=Action.VOIDED)
class InvoiceVoidedEvent(Event):
    """An invoice was made void: it keeps its number, and its time may be invoiced again."""

    invoice_id: UUID
    organization_id: UUID
    client_id: UUID
    number: str
    reason: Annotated[str, PERSONAL]


@event("timetracking.time_imported", subject="time_import_id", action=Action.CREATED)
class TimeImportedEvent(Event):
    """A file of time was imported; each of its logs has an event of its own."""

    time_import_id: UUID
    organization_id: UUID
    product: str
    created: int
    known: int
    refused: int


@event("timetracking.time_import_reverted", subject="time_import_id", action=Action.DELETED)
class TimeImportRevertedEvent(Event):
    """An import was taken back as a whole; `deleted` of its logs were still there."""

    time_import_id: UUID
    organization_id: UUID
    deleted: int
