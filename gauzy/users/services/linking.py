"""What the links in mails do."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from gauzy import eventbus as bus
from gauzy.tenancy.membership import acting_in
from gauzy.users import links
from gauzy.users.events import EmailVerifiedEvent, PasswordSetEvent
from gauzy.users.exceptions import InvalidLink
from gauzy.users.models import AccessToken, User
from gauzy.users.services.guarding import forget_guesses_of
from gauzy.users.services.registering import check_password_strength
from gauzy.users.services.signing_in import revoke


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
        forget_guesses_of(email=stored.email)
        revoke(AccessToken.objects.filter(membership__user=stored))
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
