"""Links in mails: they prove that whoever follows them reads the mail of that address."""

from uuid import UUID

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.urls import reverse

from gauzy.users.exceptions import InvalidLink
from gauzy.users.models import User

VERIFY_SALT = "gauzy.users.verify_email"


def set_password_url(user: User) -> str:
    """Return a link that lets its holder choose a password once."""
    token = default_token_generator.make_token(user)
    return settings.PUBLIC_URL + reverse("set-password", args=[user.pk, token])


def verify_email_url(user: User) -> str:
    token = signing.dumps([str(user.pk), user.email], salt=VERIFY_SALT)
    return settings.PUBLIC_URL + reverse("verify-email", args=[token])


def check_set_password_token(user: User | None, token: str) -> User:
    """Return the user whom the token lets choose a password; raise `InvalidLink`."""
    if user is None or not user.is_active or not default_token_generator.check_token(user, token):
        raise InvalidLink
    return user


def read_verify_token(token: str) -> tuple[UUID, str]:
    """Return the user's id and the e-mail that the token proves; raise `InvalidLink`."""
    try:
        user_id, email = signing.loads(token, salt=VERIFY_SALT, max_age=settings.VERIFY_EMAIL_TIMEOUT)
    except signing.BadSignature as error:
        raise InvalidLink from error
    return UUID(user_id), email
