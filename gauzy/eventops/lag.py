"""Whether anybody takes what is due."""

from datetime import timedelta

from django.db.models import Q, QuerySet

from gauzy.eventbus import catalogue
from gauzy.eventbus.models import Delivery
from gauzy.eventbus.pausing import without_paused
from gauzy.eventbus.stores import store

PATIENCE = timedelta(minutes=5)


def check_lag() -> str:
    """Return "lagging" if a delivery has been due for `PATIENCE` and nobody took it, else "ok".

    What failed is due again only when its next attempt is, so this tells of missing workers, not of failing handlers.
    """
    return "lagging" if overdue().exists() else "ok"


def overdue() -> QuerySet[Delivery]:
    """Return what has been due for `PATIENCE`, rests by nobody's will, and is not being run."""
    now = store().now()
    handlers = without_paused(handler.id for handler in catalogue.handlers)
    due = Delivery.objects.filter(handler__in=handlers, due__lt=now - PATIENCE, dead_at__isnull=True)
    return due.filter(Q(lease_until__isnull=True) | Q(lease_until__lt=now))
