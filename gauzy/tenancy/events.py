from uuid import UUID

from gauzy.eventbus import Action, Event, event
from gauzy.tenancy.choices import Role


@event("tenancy.member_role_changed", subject="membership_id", action=Action.UPDATED)
class MemberRoleChangedEvent(Event):
    """A member got another role."""

    membership_id: UUID
    user_id: UUID
    old: Role
    new: Role


@event("tenancy.member_ended", subject="membership_id", action=Action.ENDED)
class MemberEndedEvent(Event):
    """Somebody took a member's access to the tenant away, with their tokens and sessions."""

    membership_id: UUID
    user_id: UUID
    role: Role
