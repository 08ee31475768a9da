"""Whether the actor may do with this time what they are about to."""

from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import current_role
from gauzy.tenancy.roles import ADMINS
from timetracking.exceptions import (
    DescriptionRequired,
    InFuture,
    NotAllowedByPolicy,
    NotYours,
    ProjectRequired,
    TaskRequired,
    TooLong,
)
from timetracking.intervals import Interval
from timetracking.models import TimeLog
from timetracking.selectors.people import Person, acts_as_manager, person
from timetracking.services.shared import now

LONGEST_LOG: Final = timedelta(days=31)


class Deed(StrEnum):
    """The policies of an organization that allow employees something with their own time; a timer needs none."""

    MANUAL = "manual_time"
    MODIFY = "modify_time"
    DELETE = "delete_time"
    TIMER = "timer"


def authorize(employee_id: UUID, deed: Deed) -> Person:
    """Return the person whose time is to be changed; raise `EmployeeNotFound`, `NotYours` or `NotAllowedByPolicy`.

    Managers of the employee may do anything; the employee what the organization's policies allow.
    """
    found = person(employee_id)
    require_allowed(found, deed, decides=acts_as_manager(found))
    return found


def require_allowed(found: Person, deed: Deed, *, decides: bool) -> None:
    """Raise `NotYours` or `NotAllowedByPolicy`; `decides`: whether the actor decides about this person."""
    if decides:
        return
    if not found.is_actor or current_role() == Role.VIEWER:
        raise NotYours
    if deed is not Deed.TIMER and current_role() != Role.MANAGER and not getattr(found.settings, deed):
        raise NotAllowedByPolicy


def may_override_lock_date(asked: bool) -> bool:
    """Tell whether the lock date is to be passed over: who asks for it and is not an administrator is refused."""
    if asked and current_role() not in ADMINS:
        raise NotAllowedByPolicy("Only administrators may change time before the lock date.")
    return asked


def require_possible(interval: Interval) -> None:
    if interval.end - interval.start > LONGEST_LOG:
        raise TooLong(fields={"stopped_at": [TooLong.message]})


def require_allowed_future(found: Person, interval: Interval) -> None:
    if interval.end > now() and not found.settings.future_time and current_role() not in {*ADMINS, Role.MANAGER, None}:
        raise InFuture(fields={"stopped_at": [InFuture.message]})


def require_fields(found: Person, log: TimeLog) -> None:
    """Raise for what the organization requires of a log and this one lacks."""
    if found.settings.requires_project and not log.project_id:
        raise ProjectRequired(fields={"project_id": [ProjectRequired.message]})
    if found.settings.requires_task and not log.task_id:
        raise TaskRequired(fields={"task_id": [TaskRequired.message]})
    if found.settings.requires_description and not log.description:
        raise DescriptionRequired(fields={"description": [DescriptionRequired.message]})
