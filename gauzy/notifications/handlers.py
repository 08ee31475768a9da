from gauzy.eventbus import handles
from gauzy.eventbus.events import DeliveryDiedEvent
from gauzy.notifications import services


@handles(DeliveryDiedEvent)
def mark_email_failed(event: DeliveryDiedEvent) -> None:
    services.mark_email_failed(event_id=event.died_event_id, handler=event.handler)
