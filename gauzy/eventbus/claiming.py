"""Claiming: which of a handler's deliveries this process takes next."""

from dataclasses import replace
from datetime import datetime

from gauzy.eventbus.conf import bus_settings
from gauzy.eventbus.handler import Handler, OnDead
from gauzy.eventbus.records import Claimed, Lane
from gauzy.eventbus.stores import store

_served: dict[str, str] = {}  # handler -> the key it had last: the next claim begins behind it, so that all get a turn


def lane_of(handler: Handler) -> Lane:
    """Return how an ordered handler walks through its keys."""
    return Lane(handler.id, passes_dead=handler.on_dead is OnDead.SKIP)


def claim(handler: Handler, *, limit: int, moment: datetime | None = None) -> list[Claimed]:
    """Lease what is due, oldest first; for an ordered handler, successive deliveries of one key.

    moment: pretend that it is then.
    """
    lease = bus_settings().LEASE
    if not handler.ordered_by:
        return store().claim(handler.id, limit=limit, lease=lease, moment=moment)
    lane = lane_of(handler)
    for begin in dict.fromkeys((_served.get(handler.id, ""), "")):
        claims = store().claim_run(replace(lane, after_key=begin), limit=limit, lease=lease, moment=moment)
        if claims:
            _served[handler.id] = claims[0].ordering_key or ""
            return claims
    return []


def claim_suspect(handler: Handler) -> Claimed | None:
    """Lease one delivery whose holder vanished, to be run alone."""
    lease = bus_settings().LEASE
    if not handler.ordered_by:
        return store().claim_suspect(handler.id, lease=lease)
    return next(iter(store().claim_run(lane_of(handler), limit=1, lease=lease, suspect=True)), None)
