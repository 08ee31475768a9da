from datetime import datetime
from typing import Annotated
from uuid import UUID

from gauzy.eventbus import PERSONAL, Action, Change, PlatformEvent, event


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


@event("eventops.delivery_edited", subject="event_id", action=Action.EDITED)
class DeliveryEditedEvent(PlatformEvent):
    """Somebody changed what a handler reads of an event it gave up; the event itself stays as it was published."""

    event_id: UUID
    event_name: str
    handler: str
    changes: Annotated[tuple[Change, ...], PERSONAL]
    target: str = ""


@event("eventops.handler_paused", subject="name", action=Action.STOPPED)
class HandlerPausedEvent(PlatformEvent):
    """Somebody let a handler, or the handlers of a queue, rest."""

    name: str
    reason: str


@event("eventops.handler_resumed", subject="name", action=Action.STARTED)
class HandlerResumedEvent(PlatformEvent):
    """Somebody ended the rest of a handler or a queue."""

    name: str


@event("eventops.handler_replayed", subject="replay_id", action=Action.STARTED)
class HandlerReplayedEvent(PlatformEvent):
    """Somebody had a handler run again what it was done with."""

    replay_id: UUID
    handler: str
    since: datetime
    until: datetime


@event("eventops.handler_backfilled", subject="name", action=Action.STARTED)
class HandlerBackfilledEvent(PlatformEvent):
    """Somebody gave a handler events that it was never owed."""

    name: str
    since: datetime
    until: datetime
