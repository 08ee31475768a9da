"""Draining: what the Celery task of a handler does."""

import logging
import time
from collections.abc import Sequence

from django.db import close_old_connections

from gauzy.eventbus import claiming, hints
from gauzy.eventbus.catalogue import catalogue
from gauzy.eventbus.conf import BusSettings, bus_settings
from gauzy.eventbus.execution import Result, run_batch, run_one
from gauzy.eventbus.failing import settle_crash
from gauzy.eventbus.handler import Handler
from gauzy.eventbus.pausing import Watch, without_paused
from gauzy.eventbus.stopping import stopping
from gauzy.eventbus.stores import store

logger = logging.getLogger(__name__)


def drain(handler_id: str) -> int:
    """Run what is due for a handler until nothing is left or DRAIN_BUDGET is spent; return how many were taken.

    Safe to run anywhere, any number of times at once. If the budget ends first, a hint goes out: others get their turn.
    """
    handler, settings = catalogue.find_handler(handler_id), bus_settings()
    if handler is None:
        logger.warning("No handler %s in this release; its deliveries stay owed", handler_id)
        return 0
    if handler.external and store().drains_of(handler_id) >= settings.PARALLEL_DRAINS:
        return 0  # its leases last as long as its calls, so they tell before the first one
    return _drain(handler, settings)


def _drain(handler: Handler, settings: BusSettings) -> int:
    deadline, taken, suspicious, alone = time.monotonic() + settings.DRAIN_BUDGET, 0, True, True
    watch = Watch(handler)
    while not _over(deadline) and not watch.is_paused():
        took = _take(handler, settings, deadline, watch)
        if alone and _is_long(handler, settings, took):
            if not _share(handler, settings):
                return took
            alone = False
        if suspicious or not took:  # after a first claim, so that looking for them delays nobody
            suspicious = _take_suspect(handler, settings, watch)
        taken += took + suspicious
        if not took and not suspicious:
            return taken
    if not stopping.is_set() and not watch.is_paused():
        hints.mark({handler.id})
    return taken


def _share(handler: Handler, settings: BusSettings) -> bool:
    """The queue is long: ask for one more drain, until there are PARALLEL_DRAINS; tell if there is room for this one.

    One too many ends without announcing itself again. So however many hints a long queue brings, its drains stay few,
    and a drain of another handler waits for no more than those few budgets.
    """
    others = store().drains_of(handler.id)
    if others < settings.PARALLEL_DRAINS - 1:
        hints.mark({handler.id})
    return others < settings.PARALLEL_DRAINS


def _is_long(handler: Handler, settings: BusSettings, took: int) -> bool:
    """Tell by a full claim whether more is due; of a handler that takes them one by one that says nothing."""
    if handler.external:
        return bool(took and store().due_handlers([handler.id]))
    return took > 1 and took == _limit(handler, settings)


def drain_task(handler_id: str) -> None:
    """The body of a handler's Celery task: a connection that broke between two tasks is replaced first."""
    close_old_connections()
    drain(handler_id)


def deliver_due(handler_ids: Sequence[str] | None = None) -> int:
    """Drain every handler (or these) in this thread until all are quiet; return how many deliveries were taken."""
    ids = [handler.id for handler in catalogue.handlers] if handler_ids is None else list(handler_ids)
    total = 0
    while took := sum(drain(handler_id) for handler_id in without_paused(store().due_handlers(ids))):
        total += took
    return total


def _over(deadline: float) -> bool:
    return stopping.is_set() or time.monotonic() >= deadline


def _take_suspect(handler: Handler, settings: BusSettings, watch: Watch) -> bool:
    """Run alone one delivery whose holder vanished, or set it aside if that happened too often."""
    suspect = claiming.claim_suspect(handler)
    if suspect is None:
        return False
    if suspect.crashes >= settings.CRASH_LIMIT:
        settle_crash(handler, suspect)
    elif watch.released([suspect]):
        run_one(handler, suspect)
    return True


def _limit(handler: Handler, settings: BusSettings) -> int:
    return handler.batch or (1 if handler.external else settings.CLAIM_SIZE)


def _take(handler: Handler, settings: BusSettings, deadline: float, watch: Watch) -> int:
    claimed = claiming.claim(handler, limit=_limit(handler, settings))
    claims = watch.released(claimed)
    if handler.batch and len(claims) > 1:
        run_batch(handler, claims)
        return len(claimed)
    for index, claim in enumerate(claims):
        if index and _over(deadline):
            store().give_back(claims[index:])
            return index
        result = run_one(handler, claim)
        if handler.ordered_by and result not in (Result.DONE, Result.SKIPPED):
            store().give_back(claims[index + 1 :])  # the rest of the key waits for its head
            return index + 1
    return len(claimed)
