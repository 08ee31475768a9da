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


@event("employees.team_created", subject="team_id", action=Action.CREATED)
class TeamCreatedEvent(Event):
    """A team was made; its members follow in events of their own."""

    team_id: UUID
    organization_id: UUID


@event("employees.team_updated", subject="team_id", action=Action.UPDATED)
class TeamUpdatedEvent(Event):
    """A team's data changed; `changes` names only what differs."""

    team_id: UUID
    organization_id: UUID
    changes: tuple[Change, ...]


@event("employees.team_deleted", subject="team_id", action=Action.DELETED)
class TeamDeletedEvent(Event):
    """A team is no more; `member_ids` are the employees who were in it."""

    team_id: UUID
    organization_id: UUID
    member_ids: tuple[UUID, ...]


@event("employees.team_member_added", subject="employee_id", action=Action.UPDATED)
class TeamMemberAddedEvent(Event):
    """An employee came into a team."""

    team_id: UUID
    organization_id: UUID
    employee_id: UUID
    is_manager: bool


@event("employees.team_member_changed", subject="employee_id", action=Action.UPDATED)
class TeamMemberChangedEvent(Event):
    """An employee in a team became its manager, or is not any more."""

    team_id: UUID
    organization_id: UUID
    employee_id: UUID
    is_manager: bool


@event("employees.team_member_removed", subject="employee_id", action=Action.UPDATED)
class TeamMemberRemovedEvent(Event):
    """An employee left a team that goes on."""

    team_id: UUID
    organization_id: UUID
    employee_id: UUID


@event("employees.invite_sent", subject="invite_id", action=Action.SENT)
class InviteSentEvent(Event):
    """A person was invited, or their invite was sent again with a new link."""

    invite_id: UUID
    organization_id: UUID
    expires_at: datetime


@event("employees.invite_accepted", subject="invite_id", action=Action.ACCEPTED)
class InviteAcceptedEvent(Event):
    """An invited person accepted: they are a user, a member and an employee."""

    invite_id: UUID
    organization_id: UUID
    employee_id: UUID
    user_id: UUID
    invited_by_id: UUID | None


@event("employees.invite_rejected", subject="invite_id", action=Action.REJECTED)
class InviteRejectedEvent(Event):
    """An invited person declined."""

    invite_id: UUID
    organization_id: UUID
    invited_by_id: UUID | None


@event("employees.invite_revoked", subject="invite_id", action=Action.REVOKED)
class InviteRevokedEvent(Event):
    """An invite was taken back; its link is no good any more."""

    invite_id: UUID
    organization_id: UUID
