"""Links in mails: they prove that whoever follows them reads the mail of that address."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator, default_token_generator
from django.core import signing
from django.urls import reverse
from django.utils.http import base36_to_int

from gauzy.users.exceptions import InvalidLink
from gauzy.users.models import User

VERIFY_SALT = "gauzy.users.verify_email"


class _ResetTokens(PasswordResetTokenGenerator):
    """Those that somebody asked for: they live as long as `RESET_PASSWORD_TIMEOUT` says, not as long as a welcome."""

    key_salt = "gauzy.users.reset_password"

    def check_token(self, user: Any, token: str | None) -> bool:
        if not super().check_token(user, token):
            return False
        made = base36_to_int(str(token).partition("-")[0])
        return self._num_seconds(self._now()) - made <= settings.RESET_PASSWORD_TIMEOUT


_reset_tokens = _ResetTokens()


def set_password_url(user: User) -> str:
    """Return a link that lets its holder choose a password once."""
    return _set_password_url(user, default_token_generator)


def reset_password_url(user: User) -> str:
    """Return such a link for somebody who asked for it: it lives for a shorter time."""
    return _set_password_url(user, _reset_tokens)


def _set_password_url(user: User, tokens: PasswordResetTokenGenerator) -> str:
    return settings.PUBLIC_URL + reverse("set-password", args=[user.pk, tokens.make_token(user)])


def verify_email_url(user: User) -> str:
    token = signing.dumps([str(user.pk), user.email], salt=VERIFY_SALT)
    return settings.PUBLIC_URL + reverse("verify-email", args=[token])


def check_set_password_token(user: User | None, token: str) -> User:
    """Return the user whom the token lets choose a password; raise `InvalidLink`."""
    if (
        user
        and user.is_active
        and any(kind.check_token(user, token) for kind in (default_token_generator, _reset_tokens))
    ):
        return user
    raise InvalidLink


def read_verify_token(token: str) -> tuple[UUID, str]:
    """Return the user's id and the e-mail that the token proves; raise `InvalidLink`."""
    try:
        user_id, email = signing.loads(token, salt=VERIFY_SALT, max_age=settings.VERIFY_EMAIL_TIMEOUT)
    except signing.BadSignature as error:
        raise InvalidLink from error
    return UUID(user_id), email
