from collections.abc import Sequence
from datetime import timedelta

from gauzy.analytics import services
from gauzy.eventbus import Delivered, Window, handles_every_event


def forget_days(window: Window) -> None:
    last = window.until.date() - timedelta(days=1)
    services.clear_days(metrics=window.names, first=window.since.date(), last=last, tenant_id=window.tenant_id)


@handles_every_event(batch=500, before_replay=forget_days)
def count_events(deliveries: Sequence[Delivered]) -> None:
    services.count_events(deliveries)
