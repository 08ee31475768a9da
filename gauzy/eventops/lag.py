"""Whether anybody takes what is due."""

from datetime import timedelta

from gauzy.eventbus import catalogue
from gauzy.eventbus.models import Delivery
from gauzy.eventbus.pausing import without_paused
from gauzy.eventbus.stores import store

PATIENCE = timedelta(minutes=5)


def check_lag() -> str:
    """Return "lagging" if a delivery has been due for `PATIENCE` and nobody took it, else "ok".

    What failed is due again only when its next attempt is, so this tells of missing workers, not of failing handlers.
    """
    late = store().now() - PATIENCE
    handlers = without_paused(handler.id for handler in catalogue.handlers)
    due = Delivery.objects.filter(handler__in=handlers, due__lt=late, dead_at__isnull=True)
    return "lagging" if due.exists() else "ok"
