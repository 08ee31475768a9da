from collections.abc import Sequence

from gauzy.analytics import services
from gauzy.eventbus import Delivered, handles_every_event


@handles_every_event(batch=500)
def count_events(deliveries: Sequence[Delivered]) -> None:
    services.count_events(deliveries)
