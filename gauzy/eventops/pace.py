"""How long handlers take, and which of them fail now."""

from collections import Counter

from gauzy.eventbus import catalogue
from gauzy.eventbus.choices import Outcome
from gauzy.eventbus.models import Delivery, Receipt

SAMPLE = 200  # newest runs of a handler
LOOKED_AT = 10_000
QUICK = 9  # milliseconds: what stands for a run too short to be measured


def p95_by_handler() -> dict[str, int]:
    """Return how many milliseconds 95 of 100 of each handler's newest runs took at most; without runs, nothing."""
    paces = {}
    for handler in catalogue.handlers:
        done = Receipt.objects.filter(handler=handler.id, outcome=Outcome.DONE).order_by("-finished_at")
        if took := sorted(
            QUICK if took is None else took for took in done.values_list("duration_ms", flat=True)[:SAMPLE]
        ):
            paces[handler.id] = took[int(0.95 * (len(took) - 1))]
    return paces


def failing_by_handler() -> Counter[str]:
    """Count, of what waits, what failed already and will be tried again."""
    failed = Delivery.objects.filter(dead_at__isnull=True, failures__gt=0)
    return Counter(failed.values_list("handler", flat=True)[:LOOKED_AT])
