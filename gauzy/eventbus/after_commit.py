"""What follows a commit in the publishing process: hints to workers, plain receivers, AFTER_COMMIT handlers."""

import logging
import threading
import time
from collections import deque
from collections.abc import Sequence

from django.dispatch import Signal

from gauzy.eventbus import hints
from gauzy.eventbus.conf import bus_settings
from gauzy.eventbus.handler import Run
from gauzy.eventbus.records import NewEvent
from gauzy.eventbus.stores import store

logger = logging.getLogger(__name__)

# For plain Django receivers: sent after the commit with sender=event class, event=, event_id=. In memory only:
# what must not be lost belongs in a handler.
committed = Signal()


class _Queue(threading.local):
    """AFTER_COMMIT work of this thread. A handler that publishes adds to the queue instead of recursing."""

    def __init__(self) -> None:
        self.published: deque[NewEvent] = deque()
        self.running = False


_queue = _Queue()


def follow_up(published: Sequence[NewEvent]) -> None:
    """Run by `transaction.on_commit(robust=True)`: may delay the publisher (within a budget), never undo its work."""
    wanted = {handler for new in published for handler in new.handlers}
    if background := {handler.id for handler in wanted if handler.run is Run.BACKGROUND and not handler.after}:
        hints.mark(background)
    for new in published:
        if committed.has_listeners(type(new.event)):
            committed.send_robust(sender=type(new.event), event=new.event, event_id=new.id)
    if any(handler.run is Run.AFTER_COMMIT for handler in wanted):
        _queue.published.extend(published)
    if not _queue.running:
        _run_queue()


def _run_queue() -> None:
    """Run what is queued within AFTER_COMMIT_BUDGET; whatever is left, a worker takes over when its grace ends."""
    _queue.running, deadline = True, time.monotonic() + bus_settings().AFTER_COMMIT_BUDGET
    try:
        while _queue.published and time.monotonic() < deadline:
            _run_now(_queue.published.popleft(), deadline)
    except Exception:
        logger.exception("AFTER_COMMIT handlers could not be run here; a worker will take them over")
    finally:
        _queue.published.clear()
        _queue.running = False


def _run_now(new: NewEvent, deadline: float) -> None:
    from gauzy.eventbus.execution import run_one  # noqa: PLC0415  imports models, which load after the public face
    from gauzy.eventbus.pausing import without_paused  # noqa: PLC0415  as above

    alive = {owed.handler for owed in new.owed if not owed.dead_reason}
    handlers = {each.id: each for each in new.handlers if each.run is Run.AFTER_COMMIT and each.id in alive}
    if not handlers:
        return
    claims = deque(new.held(handler_id) for handler_id in without_paused(handlers))
    while claims and time.monotonic() < deadline:
        claim = claims.popleft()
        run_one(handlers[claim.key.handler], claim)
    store().give_back(claims)
