from uuid import UUID

from gauzy.eventbus import Action, PlatformEvent, event


@event("eventops.delivery_retried", subject="event_id", action=Action.RETRIED)
class DeliveryRetriedEvent(PlatformEvent):
    """Somebody made a delivery due again that was dead or waited for its next attempt."""

    event_id: UUID
    event_name: str
    handler: str
    target: str = ""


@event("eventops.delivery_skipped", subject="event_id", action=Action.SKIPPED)
class DeliverySkippedEvent(PlatformEvent):
    """Somebody decided that a handler shall not have an event."""

    event_id: UUID
    event_name: str
    handler: str
    reason: str
    target: str = ""
