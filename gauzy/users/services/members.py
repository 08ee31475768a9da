"""Members of the tenant in force: what they may do, and the end of it."""

from uuid import UUID

from django.db import transaction

from gauzy import eventbus as bus
from gauzy.tenancy.choices import Role
from gauzy.tenancy.events import MemberEndedEvent
from gauzy.tenancy.membership import require_grant
from gauzy.tenancy.models import Membership
from gauzy.tenancy.services import end_membership, lock_member
from gauzy.users.services.signing_in import revoke_ways_in


@transaction.atomic
def end_member(*, membership_id: UUID) -> Membership:
    """Take a member's access away: sessions, tokens and API keys die at once, employments go on.

    Repeating it changes nothing.

    Raises `MemberNotFound`, `GrantTooHigh` for a role that the actor may not grant, and `LastOwner`.
    """
    membership = lock_member(membership_id)
    if not membership.is_active:
        return membership
    role = Role(membership.role)
    require_grant(role)
    end_membership(membership)
    revoke_ways_in([membership.pk])
    bus.publish(MemberEndedEvent(membership_id=membership.pk, user_id=membership.user_id, role=role))
    return membership
