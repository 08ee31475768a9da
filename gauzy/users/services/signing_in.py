"""Access tokens: issued against a password, used, revoked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import auth
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from gauzy.tenancy.middleware import MEMBERSHIP_KEY, bind_session
from gauzy.tenancy.models import Membership
from gauzy.tenancy.selectors import active_memberships
from gauzy.tenancy.services import end_membership
from gauzy.users.exceptions import InvalidCredentials, NoMembership, TenantChoiceNeeded
from gauzy.users.models import AccessToken, ApiKey, User
from gauzy.users.tokens import SHOWN_CHARACTERS, digest_of, new_secret

# A token's last use is written down at most this often: reading requests should not all write.
USE_NOTED_EVERY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """`secret` is known only now: the row keeps its digest."""

    secret: str
    token: AccessToken


def login(
    *, email: str, password: str, tenant_id: UUID | None = None, name: str = "", request: Any = None
) -> IssuedToken:
    """Issue a token for the user's membership: the one in `tenant_id`, or the only one.

    Nothing about tenants is said before the password is proved. Judging it takes long: if it was changed or dropped
    meanwhile, it opens nothing.
    """
    user = _prove(request, email, password)
    membership = _choose_membership(user, tenant_id)
    with transaction.atomic():
        _check_still_proven(user)
        user.last_login = timezone.now()
        user.save(update_fields=["last_login"])
        return issue_token(membership=membership, name=name)


def open_session(*, request: Any, email: str, password: str, tenant_id: UUID | None = None) -> Membership:
    """Sign a browser in: its session, under a new key, is bound to a membership as a token would be."""
    user = _prove(request, email, password)
    membership = _choose_membership(user, tenant_id)
    auth.login(request, user)
    bind_session(request, MEMBERSHIP_KEY, membership.pk)
    return membership


def switch_session(*, request: Any, tenant_id: UUID) -> Membership:
    """Bind the session, under a new key, to the user's membership in another tenant; raise `NoMembership`."""
    membership = _choose_membership(request.user, tenant_id)
    bind_session(request, MEMBERSHIP_KEY, membership.pk)
    return membership


def switch_token(*, user: User, tenant_id: UUID, name: str = "", not_after: datetime | None = None) -> IssuedToken:
    """Issue a token for the user's membership in another tenant; raise `NoMembership`. The one in hand stays.

    not_after: when that one ends, which the new one does not outlive: nobody stays for ever without a password.
    """
    membership = _choose_membership(user, tenant_id)
    with transaction.atomic():
        _check_still_proven(user)
        return issue_token(membership=membership, name=name, not_after=not_after)


def close_session(*, request: Any) -> None:
    """Sign a browser out; safe to repeat."""
    auth.logout(request)


def _prove(request: Any, email: str, password: str) -> User:
    user = auth.authenticate(request, username=email, password=password)
    if not isinstance(user, User):
        raise InvalidCredentials
    return user


def _check_still_proven(user: User) -> None:
    """Refuse, under the user's lock, if the password was changed or dropped since `user` was read."""
    if User.objects.select_for_update(no_key=True).get(pk=user.pk).password != user.password:
        raise InvalidCredentials


def _choose_membership(user: User, tenant_id: UUID | None) -> Membership:
    memberships = list(active_memberships(user.pk))
    if tenant_id:
        memberships = [membership for membership in memberships if membership.tenant_id == tenant_id]
    if not memberships:
        raise NoMembership
    if len(memberships) > 1:
        choices = [f"{membership.tenant_id}: {membership.tenant.name}" for membership in memberships]
        raise TenantChoiceNeeded(fields={"tenant_id": choices})
    memberships[0].user = user
    return memberships[0]


@transaction.atomic
def issue_token(*, membership: Membership, name: str = "", not_after: datetime | None = None) -> IssuedToken:
    secret, end = new_secret(), timezone.now() + settings.ACCESS_TOKEN_LIFETIME
    token = AccessToken(
        membership=membership,
        name=name,
        prefix=secret[:SHOWN_CHARACTERS],
        digest=digest_of(secret),
        expires_at=min(end, not_after or end),
    )
    token.save(force_insert=True)
    return IssuedToken(secret, token)


@transaction.atomic
def revoke_token(*, token_id: UUID) -> None:
    """Make a token useless from the next request on; safe to repeat."""
    revoke(AccessToken.objects.filter(pk=token_id))


@transaction.atomic
def end_access(*, tenant_id: UUID, user_id: UUID) -> None:
    """End a membership with its sessions, tokens and keys; safe to repeat. Raise `LastOwner` for the last owner's."""
    membership = active_memberships(user_id).filter(tenant_id=tenant_id).first()
    if membership:
        end_membership(membership)
        revoke_ways_in([membership.pk])


def note_token_use(token: AccessToken) -> None:
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > USE_NOTED_EVERY:
        AccessToken.objects.filter(pk=token.pk).update(last_used_at=now)


def revoke_ways_in(membership_ids: Sequence[UUID]) -> None:
    """Make the tokens and API keys of memberships useless: of ended ones, also for the case that they come back."""
    revoke(AccessToken.objects.filter(membership_id__in=membership_ids))
    revoke(ApiKey.unscoped.filter(membership_id__in=membership_ids))


def revoke(tokens: QuerySet[AccessToken] | QuerySet[ApiKey]) -> None:
    tokens.filter(revoked_at=None).update(revoked_at=timezone.now())
