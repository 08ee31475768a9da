"""What the bus itself announces."""

from uuid import UUID

from gauzy.eventbus.declaring import event
from gauzy.eventbus.event import Action, PlatformEvent


@event("eventbus.delivery_died", subject="died_event_id", action=Action.DIED)
class DeliveryDiedEvent(PlatformEvent):
    """A handler's delivery was given up; it waits for an operator."""

    died_event_id: UUID
    event_name: str
    handler: str
    error_class: str
    attempts: int
