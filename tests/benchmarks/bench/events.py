"""One event of six fields for each experiment, so that each has just the handlers it needs."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from gauzy.eventbus import Action, Event, event


class _SixFields(Event):
    item_id: UUID
    name: str
    amount: int
    price: Decimal
    seen_at: datetime
    urgent: bool


@event("bench.item_created", subject="item_id", action=Action.CREATED)
class ItemCreatedEvent(_SixFields):
    """Three handlers are owed it."""


@event("bench.item_moved", subject="item_id", action=Action.UPDATED)
class ItemMovedEvent(_SixFields):
    """One plain handler is owed it."""


@event("bench.item_counted", subject="item_id", action=Action.UPDATED)
class ItemCountedEvent(_SixFields):
    """One batch handler is owed it."""


@event("bench.item_seen", subject="item_id", action=Action.UPDATED)
class ItemSeenEvent(_SixFields):
    """One handler is owed it that tells when it began."""


@event("bench.item_watched", subject="item_id", action=Action.UPDATED)
class ItemWatchedEvent(_SixFields):
    """One AFTER_COMMIT handler is owed it."""


@event("bench.item_queued", subject="item_id", action=Action.UPDATED)
class ItemQueuedEvent(_SixFields):
    """One ordered handler is owed it."""
