"""How each handler fares. No figure costs more for a larger backlog or history: counts stop at `LARGEST_COUNT`."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q

from gauzy.eventbus import catalogue, pausing
from gauzy.eventbus.handler import Handler
from gauzy.eventbus.models import Delivery, Receipt
from gauzy.eventbus.stores import store

LARGEST_COUNT = 10_000  # this, or more
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerStats:
    """`oldest_owed` is when the oldest waiting delivery became owed, however often it was tried since."""

    handler: str
    queue: str
    connected: bool  # in this release
    waiting: int
    running: int
    oldest_owed: datetime | None
    dead: int
    done_last_hour: int
    done_last_day: int
    last_done: datetime | None
    paused: str  # why the whole handler rests; empty if it does not
    at: datetime

    @property
    def lag(self) -> timedelta | None:
        return self.at - self.oldest_owed if self.oldest_owed else None

    @property
    def idle_days(self) -> int | None:
        """Whole days without anything done; None if nothing ever was."""
        return (self.at - self.last_done).days if self.last_done else None


def handler_stats(handler: str = "") -> list[HandlerStats]:
    """Return the figures of every handler, also of those that this release lacks and that are owed something."""
    now, dead = store().now(), _dead_by_handler()
    ids = {known.id for known in catalogue.handlers} | set(dead) | _unconnected_owed()
    return [_stats(name, now, dead[name]) for name in sorted(ids) if handler in ("", name)]


def _stats(name: str, now: datetime, dead: int) -> HandlerStats:
    known: Handler | None = catalogue.find_handler(name)
    # Oldest due first, as the claim index has them: what is running is among the first.
    owed = Delivery.objects.filter(handler=name, dead_at__isnull=True).order_by("due")
    figures = _bounded(owed.values("owed_since", "lease_until")).aggregate(
        all=Count("owed_since"), running=Count("owed_since", filter=Q(lease_until__gte=now)), oldest=Min("owed_since")
    )
    receipts = Receipt.objects.filter(handler=name)
    return HandlerStats(
        handler=name,
        queue=known.queue if known else "",
        connected=known is not None,
        waiting=figures["all"] - figures["running"],
        running=figures["running"],
        oldest_owed=figures["oldest"],
        dead=dead,
        done_last_hour=_bounded(receipts.filter(finished_at__gte=now - _HOUR).values("finished_at")).count(),
        done_last_day=_bounded(receipts.filter(finished_at__gte=now - _DAY).values("finished_at")).count(),
        paused=paused_because(name),
        last_done=receipts.order_by("-finished_at").values_list("finished_at", flat=True).first(),
        at=now,
    )


def paused_because(handler: str) -> str:
    """Say why a whole handler rests; an empty text if it does not."""
    known = catalogue.find_handler(handler)
    pause = pausing.pauses_of(known).whole if known else None
    return pause.reason or pause.kind if pause else ""


def _bounded(rows: Any) -> Any:
    return rows[:LARGEST_COUNT]


def _dead_by_handler() -> Counter[str]:
    newest = Delivery.objects.filter(dead_at__isnull=False).order_by("-dead_at")
    return Counter(newest.values_list("handler", flat=True)[:LARGEST_COUNT])


def _unconnected_owed() -> set[str]:
    """Return handlers that are owed something and that this release does not have."""
    known = [handler.id for handler in catalogue.handlers]
    owed = Delivery.objects.filter(dead_at__isnull=True).exclude(handler__in=known)
    return set(owed.values_list("handler", flat=True).distinct())
