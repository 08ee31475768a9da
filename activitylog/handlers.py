from collections.abc import Sequence

from activitylog import services
from gauzy.eventbus import Delivered, handles_every_event


@handles_every_event(batch=500)
def record_activity(deliveries: Sequence[Delivered]) -> None:
    services.record(deliveries)
