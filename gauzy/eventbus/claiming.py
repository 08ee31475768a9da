"""Claiming: which of a handler's deliveries this process takes next."""

import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gauzy.eventbus.conf import bus_settings
from gauzy.eventbus.handler import Handler, OnDead
from gauzy.eventbus.records import Claimed, Lane
from gauzy.eventbus.stores import store

SLACK = timedelta(seconds=2)  # publishers whose transactions take longer are found by looking back
SHARE_OF_LOOKING_BACK = 0.05  # of the time


@dataclass(slots=True)
class _Progress:
    """How far this process got in a handler's queue."""

    newest: datetime | None = None  # by `due`, on the database's clock
    look_back_at: float = 0.0  # on this process's clock


_progress: dict[str, _Progress] = {}
_served: dict[str, str | None] = {}  # handler -> the key it had last: the next claim begins behind it


def lane_of(handler: Handler) -> Lane:
    """Return how an ordered handler walks through its keys."""
    return Lane(handler.id, passes_dead=handler.on_dead is OnDead.SKIP)


def claim(handler: Handler, *, limit: int, moment: datetime | None = None) -> list[Claimed]:
    """Lease what is due, oldest first; for an ordered handler, successive deliveries of one key.

    moment: pretend that it is then.
    """
    lease = bus_settings().LEASE
    if not handler.ordered_by:
        if moment is not None:
            return store().claim(handler.id, limit=limit, lease=lease, moment=moment)
        return _claim_onwards(handler, limit, lease)
    lane = lane_of(handler)
    for begin in dict.fromkeys((_served.get(handler.id), None)):
        claims = store().claim_run(replace(lane, after_key=begin), limit=limit, lease=lease, moment=moment)
        if claims:
            _served[handler.id] = claims[0].ordering_key
            return claims
    return []


def _claim_onwards(handler: Handler, limit: int, lease: float) -> list[Claimed]:
    """Begin where the last claim ended, so as not to walk what vacuum may not remove while somebody holds a snapshot.

    Now and then look back for what was committed late or given back: the dearer that gets, the less often.
    """
    progress = _progress.setdefault(handler.id, _Progress())
    started = time.monotonic()
    since = None if progress.newest is None or started >= progress.look_back_at else progress.newest - SLACK
    claims = store().claim(handler.id, limit=limit, lease=lease, since=since)
    if since is None:
        ended = time.monotonic()
        progress.look_back_at = ended + (ended - started) / SHARE_OF_LOOKING_BACK
    if claims:
        newest = claims[-1].due
        progress.newest = newest if progress.newest is None else max(progress.newest, newest)
    return claims


def claim_suspect(handler: Handler) -> Claimed | None:
    """Lease one delivery whose holder vanished, to be run alone."""
    lease = bus_settings().LEASE
    if not handler.ordered_by:
        return store().claim_suspect(handler.id, lease=lease)
    return next(iter(store().claim_run(lane_of(handler), limit=1, lease=lease, suspect=True)), None)
