"""Invites: sent, sent again, revoked, and answered by whoever reads the mail."""

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict, Unpack
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from employees import selectors, tokens
from employees.choices import InviteStatus
from employees.events import InviteRevokedEvent, InviteSentEvent
from employees.exceptions import EmployeeExists, InviteDecided, InviteNotFound, InviteOpen
from employees.models import Invite
from gauzy import context
from gauzy import eventbus as bus
from gauzy.exceptions import BulkRefused, DomainError
from gauzy.organizations.exceptions import OrganizationNotFound
from gauzy.organizations.selectors import get_organization
from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import require_grant
from gauzy.tenancy.validation import clean
from gauzy.users.emails import normalize_email


class NewInvite(TypedDict):
    """Whom to invite, to what, as what; the names are a suggestion to the person."""

    organization_id: UUID
    email: str
    role: NotRequired[Role]
    first_name: NotRequired[str]
    last_name: NotRequired[str]


@transaction.atomic
def create_invite(**invited: Unpack[NewInvite]) -> Invite:
    """Invite a person; the mail goes out in the background.

    Raises `OrganizationNotFound`, `Invalid`, `GrantTooHigh`, `EmployeeExists` and `InviteOpen`. Nothing in the result
    tells whether there is a user of that e-mail.
    """
    invite = _draft(**invited)
    require_grant(Role(invite.role))
    if selectors.employees(organization_id=invite.organization_id, email=invite.email).exists():
        raise EmployeeExists(fields={"email": [EmployeeExists.message]})
    _expire_overdue(invite)
    _open(invite, force_insert=True)
    return invite


@transaction.atomic
def create_invites(*, items: Sequence[NewInvite | DomainError], atomic: bool = True) -> list[Invite | DomainError]:
    """Invite several; return for each item its invite or its refusal, in the same order.

    An item may be the refusal that its reader already met. atomic: one refusal undoes them all (`BulkRefused`).
    """
    outcomes = [_try(item) for item in items]
    refusals = {index: outcome for index, outcome in enumerate(outcomes) if isinstance(outcome, DomainError)}
    if atomic and refusals:
        raise BulkRefused(refusals)
    return outcomes


@transaction.atomic
def resend_invite(*, invite_id: UUID) -> Invite:
    """Send a new link with a new expiry; the old link is dead at once. An invite that has expired opens again."""
    invite = _lock(invite_id)
    require_grant(Role(invite.role))
    if invite.status not in {InviteStatus.OPEN, InviteStatus.EXPIRED}:
        raise InviteDecided
    _expire_overdue(invite)
    _open(invite)
    return invite


@transaction.atomic
def revoke_invite(*, invite_id: UUID) -> Invite:
    """Make an invite's link useless; repeating it changes nothing. What was accepted or rejected stays so."""
    invite = _lock(invite_id)
    if invite.status == InviteStatus.REVOKED:
        return invite
    if invite.status in {InviteStatus.ACCEPTED, InviteStatus.REJECTED}:
        raise InviteDecided
    decide(invite, InviteStatus.REVOKED)
    bus.publish(InviteRevokedEvent(invite_id=invite.id, organization_id=invite.organization_id))
    return invite


def decide(invite: Invite, status: InviteStatus, **values: Any) -> None:
    """Write down how an invite, whose row is locked, came to its end."""
    invite.status, invite.decided_at = status, timezone.now()
    for name, value in values.items():
        setattr(invite, name, value)
    invite.save(update_fields=["status", "decided_at", *values])


def _try(item: NewInvite | DomainError) -> Invite | DomainError:
    if isinstance(item, DomainError):
        return item
    try:
        return create_invite(**item)
    except OrganizationNotFound as refusal:
        return OrganizationNotFound(fields={"organization_id": [refusal.message]})
    except DomainError as refusal:
        return refusal


def _draft(**invited: Unpack[NewInvite]) -> Invite:
    organization = get_organization(invited["organization_id"])
    actor = context.current().actor
    invite = Invite(
        organization=organization,
        email=normalize_email(invited["email"]),
        role=invited.get("role", Role.EMPLOYEE),
        first_name=invited.get("first_name", "").strip(),
        last_name=invited.get("last_name", "").strip(),
        invited_by_id=actor.user_id,
        inviter=actor.label[:200],
    )
    _renew(invite)
    clean(invite)
    return invite


def _renew(invite: Invite) -> None:
    """Give an invite a link of its own that nobody has seen, and its organization's time to follow it."""
    invite.status, invite.decided_at = InviteStatus.OPEN, None
    invite.token_seed = tokens.new_seed()
    invite.token_digest = tokens.digest_of(tokens.token_of(invite.token_seed))
    invite.expires_at = tokens.expiry(invite.organization.invite_expiry_days)


def _expire_overdue(invite: Invite) -> None:
    """Mark the open invite that stands in the way of this one, if its time is over."""
    standing = Invite.objects.filter(organization_id=invite.organization_id, email=invite.email).exclude(pk=invite.pk)
    overdue = standing.filter(status=InviteStatus.OPEN, expires_at__lte=timezone.now())
    overdue.update(status=InviteStatus.EXPIRED)


def _open(invite: Invite, **how: Any) -> None:
    """Save an invite with a new link; raise `InviteOpen` if another of this person is open."""
    if not invite._state.adding:  # noqa: SLF001  Django's way to ask
        _renew(invite)
    try:
        with transaction.atomic():
            invite.save(**how)
    except IntegrityError as error:
        raise InviteOpen(fields={"email": [InviteOpen.message]}) from error
    bus.publish(
        InviteSentEvent(invite_id=invite.id, organization_id=invite.organization_id, expires_at=invite.expires_at)
    )


def _lock(invite_id: UUID) -> Invite:
    found = Invite.objects.select_for_update(of=("self",)).select_related("organization")
    if invite := found.filter(pk=invite_id).first():
        return invite
    raise InviteNotFound
