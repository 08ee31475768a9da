"""How users come into being."""

from collections.abc import Iterable

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from gauzy import context
from gauzy import eventbus as bus
from gauzy.organizations.services import create_organization
from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import acting_as
from gauzy.tenancy.models import Membership
from gauzy.tenancy.services import add_member, create_tenant
from gauzy.tenancy.validation import clean
from gauzy.users.choices import UserSource
from gauzy.users.emails import normalize_email
from gauzy.users.events import RegistrationRepeatedEvent, UserRegisteredEvent
from gauzy.users.exceptions import EmailTaken, WeakPassword
from gauzy.users.models import User
from gauzy.users.services.proving import drop_unproven_passwords


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
        if (existing := insert_or_find(user)) is not user:
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

    Without a password a new owner gets a mail to choose one, as does one who has yet to prove their e-mail. Raise
    `EmailTaken` if a password is given for a user who exists: they have their own.
    """
    draft = _draft(email=owner_email, first_name=owner_first_name, last_name=owner_last_name)
    if owner_password is not None:
        check_password_strength(owner_password, draft)
    draft.set_password(owner_password)
    with transaction.atomic():
        user = insert_or_find(draft)
        if user is not draft and owner_password is not None:
            raise EmailTaken("A user with this e-mail exists: leave the password out, they have their own.")
        if user is not draft:
            drop_unproven_passwords([user], source=UserSource.COMMAND)
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

    The user who exists is left as they are, except that a password without a proven e-mail is dropped. Answers must
    not let on which of the two happened.
    """
    draft = draft_user(email=email, first_name=first_name, last_name=last_name)
    return find_or_create_users(drafts=[draft], source=source)[draft.email]


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
    drop_unproven_passwords(users.values(), source=source)
    return users


def create_superuser(*, email: str, password: str | None = None) -> User:
    """Create an operator of the installation, who belongs to no tenant; raise `Invalid` if the e-mail is taken."""
    user = _draft(email=email)
    user.is_superuser = True
    user.set_password(password)
    with transaction.atomic():
        if insert_or_find(user) is not user:
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


def insert_or_find(user: User) -> User:
    """Return `user` inserted, or who held the e-mail first: a parallel insert waits here for the other's commit."""
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        return User.objects.get(email=user.email)
    return user
