"""What users do with their own account."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth import authenticate, update_session_auth_hash
from django.db import transaction

from gauzy import eventbus as bus
from gauzy.tenancy.changes import apply_changes
from gauzy.tenancy.membership import acting_in
from gauzy.tenancy.validation import clean
from gauzy.users import selectors
from gauzy.users.events import (
    PasswordChangedEvent,
    PasswordResetRequestedEvent,
    UserUpdatedEvent,
    VerificationRequestedEvent,
)
from gauzy.users.exceptions import AlreadyVerified, TokenNotFound, WrongPassword
from gauzy.users.models import AccessToken, User
from gauzy.users.services.registering import check_password_strength
from gauzy.users.services.signing_in import revoke

EDITABLE = frozenset({"first_name", "last_name"})


@transaction.atomic
def update_user(*, user_id: UUID, values: Mapping[str, Any]) -> User:
    """Set the user's own names; only what differs is written and published."""
    if unknown := values.keys() - EDITABLE:
        raise TypeError(f"update_user cannot set {', '.join(sorted(unknown))}.")
    user = User.objects.select_for_update().get(pk=user_id)
    if changes := apply_changes(user, values):
        clean(user, exclude={"password"})
        user.save(update_fields=[change.field for change in changes])
        with acting_in(None, user=user, role=None):
            bus.publish(UserUpdatedEvent(user_id=user_id, changes=changes))
    return user


def change_password(
    *, user_id: UUID, current_password: str, password: str, request: Any = None, keep_token_id: UUID | None = None
) -> None:
    """Change the password of who knows it; every token but `keep_token_id` dies, and every session but the request's.

    Raises `WrongPassword`, `LockedOut` and `WeakPassword`.
    """
    user = User.objects.get(pk=user_id)
    if authenticate(request, username=user.email, password=current_password) != user:
        raise WrongPassword(fields={"current_password": [WrongPassword.message]})
    user.refresh_from_db()  # its hash may have been renewed
    check_password_strength(password, user)
    proven = user.password
    user.set_password(password)
    with transaction.atomic(), acting_in(None, user=user, role=None):
        stored = User.objects.select_for_update().get(pk=user_id)
        if stored.password != proven:  # changed meanwhile: what was proved is not true any more
            raise WrongPassword(fields={"current_password": [WrongPassword.message]})
        stored.password = user.password
        stored.save(update_fields=["password"])
        tokens = AccessToken.objects.filter(membership__user=stored)
        revoke(tokens.exclude(pk=keep_token_id) if keep_token_id else tokens)
        bus.publish(PasswordChangedEvent(user_id=user_id))
    if request is not None and keep_token_id is None:
        update_session_auth_hash(request, stored)


@transaction.atomic
def request_password_reset(*, email: str) -> None:
    """Have a link mailed to the user of that e-mail, if there is one: all that can be seen is the same if not."""
    user = selectors.find_by_email(email)
    bus.publish(PasswordResetRequestedEvent(user_id=user.pk if user else None))


@transaction.atomic
def request_verification(*, user_id: UUID) -> None:
    """Have another verification mailed; raise `AlreadyVerified`."""
    user = User.objects.get(pk=user_id)
    if user.email_verified_at:
        raise AlreadyVerified
    with acting_in(None, user=user, role=None):
        bus.publish(VerificationRequestedEvent(user_id=user_id))


@transaction.atomic
def revoke_own_token(*, membership_id: UUID, token_id: UUID) -> None:
    """Revoke a token of the membership, safe to repeat; raise `TokenNotFound` for any other id."""
    tokens = AccessToken.objects.filter(membership_id=membership_id, pk=token_id)
    if not tokens.exists():
        raise TokenNotFound
    revoke(tokens)
