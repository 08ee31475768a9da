"""How much happens."""

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

from gauzy.eventbus.stores import store
from gauzy.eventops import selectors

MINUTES = 60
LOOKED_AT = 5_000  # newest events: a busier hour is shown as far back as they reach


def events_per_minute(tenant_id: UUID | None) -> tuple[dict[datetime, int], Counter[str]]:
    """Return the events of each of the last `MINUTES` minutes, oldest first, and how many had which name."""
    this_minute = store().now().replace(second=0, microsecond=0)
    first = this_minute - timedelta(minutes=MINUTES - 1)
    newest = selectors.events(tenant_id, since=first).order_by("-id").values_list("occurred_at", "name")[:LOOKED_AT]
    minutes = {first + timedelta(minutes=minute): 0 for minute in range(MINUTES)}
    names: Counter[str] = Counter()
    for occurred_at, name in newest:
        minute = occurred_at.replace(second=0, microsecond=0)
        if minute in minutes:
            minutes[minute] += 1
            names[name] += 1
    return minutes, names
