"""What the bus refuses, and what a handler may raise to decide its delivery's fate."""

from datetime import timedelta
from enum import StrEnum


class BusError(Exception):
    """Base of the bus's refusals. They are programming errors: each message says what to do."""


class DeclarationError(BusError):
    """An event or handler is declared in a way the bus cannot keep its promises for."""


class LateRegistration(BusError):
    """A handler was connected after start-up, when events may already have been published without it."""


class NotInTransaction(BusError):
    """An event was published where no transaction is open, so it could not share the fate of any change."""


class InvalidEvent(BusError):
    """An event holds a value of another type than its class declares, or is too large."""


class ImpureCondition(BusError):
    """A handler's `when=` queried the database: it is asked in the publisher's transaction, which it must not touch."""


class LeaseLost(BusError):
    """Another process has taken this delivery over; what this attempt did in the database is rolled back."""


class EffectsLost(BusError):
    """A handler caught a database error with no savepoint around its cause: its transaction cannot be committed."""


class Scope(StrEnum):
    """How much of a handler's work rests: that for the delivery's target in its tenant, for its tenant, or all."""

    TARGET = "target"
    TENANT = "tenant"
    HANDLER = "handler"


class Retry(Exception):
    """Raised by a handler: try again `after` that long (seconds or timedelta), instead of the ladder's next step.

    counts: whether it spends an attempt. False is for a quota: the handler then rests that long in `scope`, in every
    worker, and nothing is on record as failed. It ends at the setting QUOTA_MAX_AGE, when the delivery is dead.
    """

    def __init__(
        self,
        after: float | timedelta,
        reason: str = "The handler asked to be retried.",
        *,
        counts: bool = True,
        scope: Scope = Scope.TARGET,
    ) -> None:
        self.after = after if isinstance(after, timedelta) else timedelta(seconds=after)
        self.counts, self.scope = counts, scope
        super().__init__(reason)


class Permanent(Exception):
    """Raised by a handler: retrying cannot help; the delivery is dead at once."""


class Skip(Exception):
    """Raised by a handler: there is nothing to do. Effects are rolled back; the receipt says skipped, and why."""
