from datetime import datetime
from typing import Annotated
from uuid import UUID

from gauzy.eventbus import PERSONAL, Action, Change, Event, event


@event("employees.employee_created", subject="employee_id", action=Action.CREATED)
class EmployeeCreatedEvent(Event):
    """A person became an employee of an organization."""

    employee_id: UUID
    organization_id: UUID
    user_id: UUID


@event("employees.employee_updated", subject="employee_id", action=Action.UPDATED)
class EmployeeUpdatedEvent(Event):
    """An employee's data changed; `changes` names only what differs."""

    employee_id: UUID
    organization_id: UUID
    changes: Annotated[tuple[Change, ...], PERSONAL]


@event("employees.employee_ended", subject="employee_id", action=Action.ENDED)
class EmployeeEndedEvent(Event):
    """An employment ended."""

    employee_id: UUID
    organization_id: UUID
    ended_at: datetime
    reason: Annotated[str, PERSONAL]


@event("employees.employee_restored", subject="employee_id", action=Action.RESTORED)
class EmployeeRestoredEvent(Event):
    """An employment that had ended goes on."""

    employee_id: UUID
    organization_id: UUID
