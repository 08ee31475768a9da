"""How somebody who follows a link that was mailed to them comes in, with the account they have or with a new one."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth import authenticate
from django.db import transaction
from django.utils import timezone

from gauzy import eventbus as bus
from gauzy.tenancy.membership import acting_in
from gauzy.users import selectors
from gauzy.users.choices import UserSource
from gauzy.users.events import PasswordSetEvent, UserRegisteredEvent
from gauzy.users.exceptions import InvalidCredentials
from gauzy.users.models import AccessToken, User
from gauzy.users.services.registering import check_password_strength, draft_user, insert_or_find
from gauzy.users.services.signing_in import revoke


@dataclass(frozen=True, slots=True)
class Joiner:
    """Somebody who proved that they may come in as `user`, who is stored already unless `is_new`.

    `chose_password`: the user holds a new password's hash that is not stored yet.
    """

    user: User
    is_new: bool
    chose_password: bool
    password: str
    first_name: str
    last_name: str


def prove(*, email: str, password: str, first_name: str, last_name: str, proven_user_id: UUID | None = None) -> Joiner:
    """Judge who follows a mailed link, and hash what has to be hashed; nothing is written.

    Who has a password proves themselves by it, unless they are `proven_user_id`, who is signed in. Anybody else chooses
    one: the link has proved that they read the mail, which a password without a proven e-mail has not. Raises
    `InvalidCredentials`, `WeakPassword` and `Invalid`.
    """
    user = selectors.find_by_email(email)
    signed_in = user is not None and user.is_active and user.pk == proven_user_id
    if user and (signed_in or not user.is_active or _is_proven(user)):
        if not signed_in:
            _check_password(user, password)
        names = (first_name or user.first_name, last_name or user.last_name)
        return Joiner(user, False, False, "", *names)
    joiner = user or draft_user(email=email, first_name=first_name, last_name=last_name)
    check_password_strength(password, joiner)
    joiner.set_password(password)
    return Joiner(joiner, user is None, True, password, first_name, last_name)


@transaction.atomic
def join(joiner: Joiner, *, tenant_id: UUID, source: UserSource) -> User:
    """Store what `prove` found: the new user or password, and that the e-mail is theirs. Return the user.

    Somebody who was quicker with the same e-mail must have chosen the same password.
    """
    user = insert_or_find(joiner.user) if joiner.is_new else joiner.user
    stored = User.objects.select_for_update().get(pk=user.pk)
    with acting_in(tenant_id, user=stored, role=None):
        if joiner.is_new and user is joiner.user:
            bus.publish(UserRegisteredEvent(user_id=user.pk, source=source))
        elif joiner.chose_password:
            _choose_password(stored, joiner)
    if not stored.email_verified_at:
        stored.email_verified_at = timezone.now()
        stored.save(update_fields=["email_verified_at"])
    return stored


def _is_proven(user: User) -> bool:
    return user.has_usable_password() and not user.has_unproven_password


def _choose_password(stored: User, joiner: Joiner) -> None:
    if _is_proven(stored):
        if not stored.check_password(joiner.password):
            raise InvalidCredentials
        return
    stored.password = joiner.user.password
    stored.save(update_fields=["password"])
    revoke(AccessToken.objects.filter(membership__user=stored))
    bus.publish(PasswordSetEvent(user_id=stored.pk))


def _check_password(user: User, password: str) -> None:
    if authenticate(None, username=user.email, password=password) != user:
        raise InvalidCredentials
