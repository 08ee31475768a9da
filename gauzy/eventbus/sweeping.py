"""Sweeping: every worker process looks for owed work once a second, so that a lost hint costs a second and no more.

While the broker is away the sweeping thread drains by itself: losing the broker costs latency, never an event.
"""

import logging
import threading
from collections.abc import Callable, Sequence

from django.db import close_old_connections, connections

from gauzy.eventbus import hints
from gauzy.eventbus.catalogue import catalogue
from gauzy.eventbus.conf import bus_settings
from gauzy.eventbus.housekeeping import Housekeeper
from gauzy.eventbus.pausing import without_paused
from gauzy.eventbus.records import ALIAS
from gauzy.eventbus.stopping import stopping
from gauzy.eventbus.stores import store
from gauzy.eventbus.worker import drain

logger = logging.getLogger(__name__)


def start_sweeping(queues: Callable[[], Sequence[str]]) -> threading.Thread:
    """Start this process's sweeping thread for the handlers of the queues it serves; it ends when `stopping` is set."""
    thread = threading.Thread(target=_sweep_for_ever, args=(queues,), name="eventbus-sweep", daemon=True)
    thread.start()
    return thread


def sweep(handler_ids: Sequence[str]) -> None:
    """Announce the handlers that have due work; drain them here if the broker does not take the announcement."""
    due = without_paused(_due(handler_ids))
    if due and not hints.send(due):
        for handler_id in due:
            drain(handler_id)


def _due(handler_ids: Sequence[str]) -> list[str]:
    """Of many sweepers one looks at a time. On SQLite even a reading transaction would wait for the writer."""
    if connections[ALIAS].vendor == "sqlite":
        return store().due_handlers(handler_ids)
    with store().atomic():
        return store().due_handlers(handler_ids) if store().try_sweep_lock() else []


def _sweep_for_ever(queues: Callable[[], Sequence[str]]) -> None:
    housekeeper = Housekeeper()
    while not stopping.wait(bus_settings().SWEEP_INTERVAL):
        try:
            served = set(queues())
            sweep([handler.id for handler in catalogue.handlers if handler.queue in served])
            housekeeper.look_around()
        except Exception:
            logger.warning("Sweeping failed; trying again", exc_info=True)
            connections[ALIAS].close()
        close_old_connections()
    connections.close_all()
