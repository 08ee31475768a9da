from gauzy import eventbus as bus
from gauzy.eventbus import Metadata, handles
from gauzy.notifications.services import send_email
from gauzy.users import links
from gauzy.users.choices import UserSource
from gauzy.users.events import (
    PasswordDroppedEvent,
    PasswordResetRequestedEvent,
    RegistrationRepeatedEvent,
    UserRegisteredEvent,
    VerificationRequestedEvent,
)
from gauzy.users.models import User


@handles(UserRegisteredEvent, queue="mail", external=True)
def send_account_email(event: UserRegisteredEvent, meta: Metadata) -> None:
    """Ask who signed up to verify their e-mail, and whom an operator made to choose a password.

    Whoever brings in someone else welcomes them, so that each gets exactly one mail.
    """
    user = User.objects.get(pk=event.user_id)
    match event.source:
        case UserSource.SELF:
            _send(user, "users/verify_email", links.verify_email_url(user), meta)
        case UserSource.COMMAND | UserSource.ADMIN:
            if user.has_usable_password():
                raise bus.Skip("has a password already")
            _send(user, "users/set_password", links.set_password_url(user), meta)
        case source:
            raise bus.Skip(f"welcomed by what brought them in: {source}")


@handles(PasswordDroppedEvent, queue="mail", external=True)
def send_new_password_email(event: PasswordDroppedEvent, meta: Metadata) -> None:
    """Let the owner of the address choose a password, unless whoever brought them in welcomes them with such a link."""
    if event.source != UserSource.COMMAND:
        raise bus.Skip(f"welcomed by what brought them in: {event.source}")
    user = User.objects.get(pk=event.user_id)
    _send(user, "users/set_password", links.set_password_url(user), meta)


@handles(RegistrationRepeatedEvent, queue="mail", external=True)
def send_already_registered_email(event: RegistrationRepeatedEvent, meta: Metadata) -> None:
    user = User.objects.get(pk=event.user_id)
    _send(user, "users/already_registered", links.set_password_url(user), meta)


@handles(PasswordResetRequestedEvent, queue="mail", external=True)
def send_password_reset_email(event: PasswordResetRequestedEvent, meta: Metadata) -> None:
    user = User.objects.filter(pk=event.user_id, is_active=True).first() if event.user_id else None
    if user is None:
        raise bus.Skip("nobody to write to")
    _send(user, "users/reset_password", links.reset_password_url(user), meta)


@handles(VerificationRequestedEvent, queue="mail", external=True)
def send_verification_email(event: VerificationRequestedEvent, meta: Metadata) -> None:
    user = User.objects.get(pk=event.user_id)
    if user.email_verified_at:
        raise bus.Skip("verified meanwhile")
    _send(user, "users/verify_email", links.verify_email_url(user), meta)


def _send(user: User, template: str, link: str, meta: Metadata) -> None:
    values = {"name": user.get_short_name(), "link": link}
    send_email(meta=meta, template=template, to=user.email, values=values, user_id=user.pk)
