from datetime import datetime
from typing import Annotated
from uuid import UUID

from gauzy.eventbus import PERSONAL, Action, Change, Event, PlatformEvent, event
from gauzy.tenancy.choices import Role
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


@event("users.password_changed", subject="user_id", action=Action.UPDATED)
class PasswordChangedEvent(PlatformEvent):
    """A user who was signed in changed their password; their other tokens and sessions ended."""

    user_id: UUID


@event("users.password_reset_requested", subject="user_id", action=Action.RECEIVED)
class PasswordResetRequestedEvent(PlatformEvent):
    """Somebody asked for a link to choose a new password by; without a user, for an e-mail that nobody has."""

    user_id: UUID | None


@event("users.verification_requested", subject="user_id", action=Action.RECEIVED)
class VerificationRequestedEvent(PlatformEvent):
    """A user asked for another mail to verify their e-mail by."""

    user_id: UUID


@event("users.user_updated", subject="user_id", action=Action.UPDATED)
class UserUpdatedEvent(PlatformEvent):
    """A user changed what is known of them; `changes` names only what differs."""

    user_id: UUID
    changes: Annotated[tuple[Change, ...], PERSONAL]


@event("users.api_key_created", subject="api_key_id", action=Action.CREATED)
class ApiKeyCreatedEvent(Event):
    """Somebody made an API key, which acts in the name of the member `membership_id`."""

    api_key_id: UUID
    membership_id: UUID
    prefix: str
    role: Role
    scopes: tuple[str, ...]
    expires_at: datetime


@event("users.api_key_revoked", subject="api_key_id", action=Action.REVOKED)
class ApiKeyRevokedEvent(Event):
    """Somebody made an API key useless before its time."""

    api_key_id: UUID
    membership_id: UUID
    prefix: str
