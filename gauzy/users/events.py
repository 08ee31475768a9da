from uuid import UUID

from gauzy.eventbus import Action, PlatformEvent, event
from gauzy.users.choices import UserSource


@event("users.user_registered", subject="user_id", action=Action.REGISTERED)
class UserRegisteredEvent(PlatformEvent):
    """A user came into being."""

    user_id: UUID
    source: UserSource


@event("users.registration_repeated", subject="user_id", action=Action.RECEIVED)
class RegistrationRepeatedEvent(PlatformEvent):
    """Someone tried to register with the e-mail of a user who exists."""

    user_id: UUID


@event("users.email_verified", subject="user_id", action=Action.UPDATED)
class EmailVerifiedEvent(PlatformEvent):
    """A user proved that the e-mail address is theirs."""

    user_id: UUID


@event("users.password_dropped", subject="user_id", action=Action.REVOKED)
class PasswordDroppedEvent(PlatformEvent):
    """A tenant brought in a user whose e-mail nobody had proved: their password and tokens are no good any more."""

    user_id: UUID
    source: UserSource


@event("users.password_set", subject="user_id", action=Action.UPDATED)
class PasswordSetEvent(PlatformEvent):
    """A user chose a password by a link sent to their e-mail; their tokens were revoked."""

    user_id: UUID
