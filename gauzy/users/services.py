"""Users, their passwords and their tokens: every write.

Passwords are hashed before a transaction opens: hashing is slow by intent, and on SQLite a transaction holds the only
write lock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from gauzy import context
from gauzy import eventbus as bus
from gauzy.organizations.services import create_organization
from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import acting_as, acting_in
from gauzy.tenancy.models import Membership
from gauzy.tenancy.selectors import active_memberships
from gauzy.tenancy.services import add_member, create_tenant, end_membership
from gauzy.tenancy.validation import clean
from gauzy.users import links, selectors
from gauzy.users.choices import UserSource
from gauzy.users.emails import normalize_email
from gauzy.users.events import EmailVerifiedEvent, PasswordSetEvent, RegistrationRepeatedEvent, UserRegisteredEvent
from gauzy.users.exceptions import (
    EmailTaken,
    InvalidCredentials,
    InvalidLink,
    NoMembership,
    TenantChoiceNeeded,
    WeakPassword,
)
from gauzy.users.models import AccessToken, User
from gauzy.users.tokens import SHOWN_CHARACTERS, digest_of, new_secret

# A token's last use is written down at most this often: reading requests should not all write.
USE_NOTED_EVERY = timedelta(minutes=10)


# --- coming into being ------------------------------------------------------------------------------------------------


def register(
    *,
    email: str,
    password: str,
    first_name: str,
    last_name: str,
    organization_name: str,
    time_zone: str = "UTC",
    currency: str = "EUR",
) -> Membership | None:
    """Create user, tenant, ownership and organization, or nothing of it; the new user is the actor.

    An e-mail that is taken changes nothing: its owner gets a mail, and None is returned. Callers must not let on which
    of the two happened.
    """
    user = _draft(email=email, first_name=first_name, last_name=last_name)
    check_password_strength(password, user)
    user.set_password(password)
    with transaction.atomic():
        if (existing := _insert_or_find(user)) is not user:
            bus.publish(RegistrationRepeatedEvent(user_id=existing.pk))
            return None
        owner = _found_tenant(organization_name, user)
        with acting_as(owner):
            bus.publish(UserRegisteredEvent(user_id=user.pk, source=UserSource.SELF))
            create_organization(name=organization_name, time_zone=time_zone, currency=currency)
        return owner


def create_tenant_with_owner(
    *,
    name: str,
    owner_email: str,
    owner_first_name: str = "",
    owner_last_name: str = "",
    owner_password: str | None = None,
    organization_name: str,
    time_zone: str = "UTC",
    currency: str = "EUR",
) -> Membership:
    """Create a tenant, its first organization and, if there is no user of that e-mail, its owner: for operators.

    Without a password a new owner gets a mail to choose one. Raise `EmailTaken` if a password is given for a user who
    exists: they have their own.
    """
    draft = _draft(email=owner_email, first_name=owner_first_name, last_name=owner_last_name)
    if owner_password is not None:
        check_password_strength(owner_password, draft)
    draft.set_password(owner_password)
    with transaction.atomic():
        user = _insert_or_find(draft)
        if user is not draft and owner_password is not None:
            raise EmailTaken("A user with this e-mail exists: leave the password out, they have their own.")
        owner = _found_tenant(name, user)
        with context.within_tenant(owner.tenant_id):
            if user is draft:
                bus.publish(UserRegisteredEvent(user_id=user.pk, source=UserSource.COMMAND))
            create_organization(name=organization_name, time_zone=time_zone, currency=currency)
        return owner


def _found_tenant(name: str, user: User) -> Membership:
    tenant = create_tenant(name=name)
    owner = add_member(tenant_id=tenant.id, user_id=user.pk, role=Role.OWNER)
    owner.user, owner.tenant = user, tenant
    return owner


@transaction.atomic
def find_or_create_user(*, email: str, first_name: str = "", last_name: str = "", source: UserSource) -> User:
    """Return the user of that e-mail, made now without a usable password if there is none.

    The user who exists is left as they are. Answers must not let on which of the two happened.
    """
    if existing := selectors.find_by_email(email):
        return existing
    draft = _draft(email=email, first_name=first_name, last_name=last_name)
    draft.set_unusable_password()
    user = _insert_or_find(draft)
    if user is draft:
        bus.publish(UserRegisteredEvent(user_id=user.pk, source=source))
    return user


def draft_user(*, email: str, first_name: str = "", last_name: str = "") -> User:
    """Return a user without a usable password who is not saved yet; raise `Invalid`."""
    draft = _draft(email=email, first_name=first_name, last_name=last_name)
    draft.set_unusable_password()
    return draft


@transaction.atomic
def find_or_create_users(*, drafts: Iterable[User], source: UserSource) -> dict[str, User]:
    """Do as `find_or_create_user` for many in a fixed number of statements; return the users by e-mail."""
    # In order of e-mail: two transactions that insert the same people wait for each other and do not deadlock.
    wanted = {draft.email: draft for draft in sorted(drafts, key=lambda draft: draft.email)}
    User.objects.bulk_create(wanted.values(), ignore_conflicts=True)
    users = {user.email: user for user in User.objects.filter(email__in=wanted)}
    new = [user for email, user in users.items() if user.pk == wanted[email].pk]
    bus.publish_many([UserRegisteredEvent(user_id=user.pk, source=source) for user in new])
    return users


def create_superuser(*, email: str, password: str | None = None) -> User:
    """Create an operator of the installation, who belongs to no tenant; raise `Invalid` if the e-mail is taken."""
    user = _draft(email=email)
    user.is_superuser = True
    user.set_password(password)
    with transaction.atomic():
        if _insert_or_find(user) is not user:
            raise EmailTaken
        bus.publish(UserRegisteredEvent(user_id=user.pk, source=UserSource.COMMAND))
    return user


def check_password_strength(password: str, user: User | None = None) -> None:
    """Raise `WeakPassword` with the reasons."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise WeakPassword(fields={"password": error.messages}) from error


def _draft(*, email: str, first_name: str = "", last_name: str = "") -> User:
    user = User(email=normalize_email(email), first_name=first_name.strip(), last_name=last_name.strip())
    clean(user, exclude={"password"})
    return user


def _insert_or_find(user: User) -> User:
    """Return `user` inserted, or who held the e-mail first: a parallel insert waits here for the other's commit."""
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        return User.objects.get(email=user.email)
    return user


# --- links in mails ---------------------------------------------------------------------------------------------------


def set_password_with_link(*, user_id: UUID, token: str, password: str) -> None:
    """Set the password of the user whom the link was mailed to, which also proves their e-mail; their tokens die."""
    user = links.check_set_password_token(User.objects.filter(pk=user_id).first(), token)
    check_password_strength(password, user)
    user.set_password(password)
    with transaction.atomic(), acting_in(None, user=user, role=None):
        stored = User.objects.select_for_update().get(pk=user_id)
        links.check_set_password_token(stored, token)  # again under the lock: the link works once
        stored.password = user.password
        stored.email_verified_at = stored.email_verified_at or timezone.now()
        stored.save(update_fields=["password", "email_verified_at"])
        _revoke(AccessToken.objects.filter(membership__user=stored))
        bus.publish(PasswordSetEvent(user_id=user_id))


@transaction.atomic
def verify_email(*, token: str) -> None:
    """Note that the e-mail is the user's; safe to repeat."""
    user_id, email = links.read_verify_token(token)
    user = User.objects.select_for_update().filter(pk=user_id, email=email).first()
    if user is None:
        raise InvalidLink
    if user.email_verified_at:
        return
    user.email_verified_at = timezone.now()
    user.save(update_fields=["email_verified_at"])
    with acting_in(None, user=user, role=None):
        bus.publish(EmailVerifiedEvent(user_id=user_id))


# --- signing in -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """`secret` is known only now: the row keeps its digest."""

    secret: str
    token: AccessToken


def login(
    *, email: str, password: str, tenant_id: UUID | None = None, name: str = "", request: Any = None
) -> IssuedToken:
    """Issue a token for the user's membership: the one in `tenant_id`, or the only one.

    Nothing about tenants is said before the password is proved.
    """
    user = authenticate(request, username=email, password=password)
    if not isinstance(user, User):
        raise InvalidCredentials
    membership = _choose_membership(user, tenant_id)
    with transaction.atomic():
        user.last_login = timezone.now()
        user.save(update_fields=["last_login"])
        return issue_token(membership=membership, name=name)


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
def issue_token(*, membership: Membership, name: str = "") -> IssuedToken:
    secret = new_secret()
    token = AccessToken(
        membership=membership,
        name=name,
        prefix=secret[:SHOWN_CHARACTERS],
        digest=digest_of(secret),
        expires_at=timezone.now() + settings.ACCESS_TOKEN_LIFETIME,
    )
    token.save(force_insert=True)
    return IssuedToken(secret, token)


@transaction.atomic
def revoke_token(*, token_id: UUID) -> None:
    """Make a token useless from the next request on; safe to repeat."""
    _revoke(AccessToken.objects.filter(pk=token_id))


@transaction.atomic
def end_access(*, tenant_id: UUID, user_id: UUID) -> None:
    """End a membership with its sessions and tokens; safe to repeat. Raise `LastOwner` for the last owner's."""
    membership = active_memberships(user_id).filter(tenant_id=tenant_id).first()
    if membership:
        end_membership(membership)
        _revoke(AccessToken.objects.filter(membership=membership))


def note_token_use(token: AccessToken) -> None:
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > USE_NOTED_EVERY:
        AccessToken.objects.filter(pk=token.pk).update(last_used_at=now)


def _revoke(tokens: QuerySet[AccessToken]) -> None:
    tokens.filter(revoked_at=None).update(revoked_at=timezone.now())
