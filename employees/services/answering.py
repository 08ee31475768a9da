"""What the invited do with an invite: accept or reject it. They prove themselves by the link and, if they have one, by
their account.
"""

from uuid import UUID

from django.db import transaction

from employees import selectors
from employees.choices import EmployeeStatus, InviteStatus
from employees.events import InviteAcceptedEvent, InviteRejectedEvent
from employees.exceptions import InvalidInvite
from employees.models import Employee, Invite
from employees.services.employing import create_employee
from employees.services.inviting import decide
from gauzy import context
from gauzy import eventbus as bus
from gauzy.context import Actor, ActorKind
from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import acting_in
from gauzy.tenancy.services import add_member
from gauzy.users.choices import UserSource
from gauzy.users.services import Joiner, join, prove


def accept_invite(
    *, token: str, password: str = "", first_name: str = "", last_name: str = "", proven_user_id: UUID | None = None
) -> Employee:
    """Make the invited person a user, a member with the invite's role and an employee, or nothing of it.

    Who has no password yet chooses one; who has an account proves it by their password, or is signed in already
    (`proven_user_id`). A membership there is keeps its role. Raises `InvalidInvite`, the same for every link that
    is no good, `InvalidCredentials`, `WeakPassword` and `Invalid`.
    """
    invite = selectors.find_invite_by_token(token)
    names = {"first_name": first_name or invite.first_name, "last_name": last_name or invite.last_name}
    # Before the transaction: hashing takes long by intent.
    joiner = prove(email=invite.email, password=password, proven_user_id=proven_user_id, **names)
    with transaction.atomic():
        return _accept(_lock(token), joiner)


@transaction.atomic
def reject_invite(*, token: str) -> None:
    """Decline an invite; its link is no good any more. Raises `InvalidInvite`."""
    invite = _lock(token)
    with context.acting(
        tenant_id=invite.tenant_id,
        actor=Actor(ActorKind.SYSTEM, "the invited person"),
        correlation_id=context.current().correlation_id,
    ):
        decide(invite, InviteStatus.REJECTED)
        bus.publish(
            InviteRejectedEvent(
                invite_id=invite.id, organization_id=invite.organization_id, invited_by_id=invite.invited_by_id
            )
        )


def _accept(invite: Invite, joiner: Joiner) -> Employee:
    user = join(joiner, tenant_id=invite.tenant_id, source=UserSource.INVITE)
    with acting_in(invite.tenant_id, user=user, role=None):
        add_member(tenant_id=invite.tenant_id, user_id=user.pk, role=Role(invite.role))
        employee = _employ(invite, joiner)
        decide(invite, InviteStatus.ACCEPTED, employee=employee)
        bus.publish(
            InviteAcceptedEvent(
                invite_id=invite.id,
                organization_id=invite.organization_id,
                employee_id=employee.id,
                user_id=user.pk,
                invited_by_id=invite.invited_by_id,
            )
        )
    return employee


def _employ(invite: Invite, joiner: Joiner) -> Employee:
    """Return the employment: a new one, or the one that began by another door since the invite was sent."""
    there = selectors.employees(
        organization_id=invite.organization_id, email=invite.email, status=EmployeeStatus.ACTIVE
    ).first()
    return there or create_employee(
        source=UserSource.INVITE,
        organization_id=invite.organization_id,
        email=invite.email,
        first_name=joiner.first_name,
        last_name=joiner.last_name,
    )


def _lock(token: str) -> Invite:
    """Return the invite under its lock: of many acceptances at once, the first changes it and the others see that."""
    found = selectors.find_invite_by_token(token)
    locked: Invite = Invite.unscoped.select_for_update().get(pk=found.pk)
    if not selectors.is_answerable(locked, token):
        raise InvalidInvite
    return locked
