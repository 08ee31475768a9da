"""What follows a commit in the publishing process: hints to workers, plain receivers, AFTER_COMMIT handlers."""

import logging
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.dispatch import Signal

from gauzy.eventbus import hints
from gauzy.eventbus.conf import bus_settings
from gauzy.eventbus.event import AnyEvent
from gauzy.eventbus.handler import Handler, Run
from gauzy.eventbus.stores import store

logger = logging.getLogger(__name__)

# For plain Django receivers: sent after the commit with sender=event class, event=, event_id=. In memory only:
# what must not be lost belongs in a handler.
committed = Signal()


@dataclass(frozen=True, slots=True)
class Plan:
    """A stored event and the handlers that are owed it."""

    event_id: UUID
    event: AnyEvent
    handlers: Sequence[Handler]


class _Queue(threading.local):
    """AFTER_COMMIT work of this thread. A handler that publishes adds to the queue instead of recursing."""

    def __init__(self) -> None:
        self.plans: deque[Plan] = deque()
        self.running = False


_queue = _Queue()


def follow_up(plans: Sequence[Plan]) -> None:
    """Run by `transaction.on_commit(robust=True)`: may delay the publisher (within a budget), never undo its work."""
    if background := {
        handler.id for plan in plans for handler in plan.handlers if handler.run is Run.BACKGROUND and not handler.after
    }:
        hints.mark(background)
    for plan in plans:
        if committed.has_listeners(type(plan.event)):
            committed.send_robust(sender=type(plan.event), event=plan.event, event_id=plan.event_id)
    _queue.plans.extend(plan for plan in plans if any(handler.run is Run.AFTER_COMMIT for handler in plan.handlers))
    if not _queue.running:
        _run_queue()


def _run_queue() -> None:
    """Run what is queued within AFTER_COMMIT_BUDGET; whatever is left, a worker takes over when its grace ends."""
    _queue.running, deadline = True, time.monotonic() + bus_settings().AFTER_COMMIT_BUDGET
    try:
        while _queue.plans and time.monotonic() < deadline:
            _run_now(_queue.plans.popleft())
    except Exception:
        logger.exception("AFTER_COMMIT handlers could not be run here; a worker will take them over")
    finally:
        _queue.plans.clear()
        _queue.running = False


def _run_now(plan: Plan) -> None:
    from gauzy.eventbus.execution import run_one  # noqa: PLC0415  imports models, which load after the public face
    from gauzy.eventbus.pausing import without_paused  # noqa: PLC0415  as above

    handlers = {handler.id: handler for handler in plan.handlers if handler.run is Run.AFTER_COMMIT}
    handlers = {name: handlers[name] for name in without_paused(handlers)}
    for claim in store().claim_of_event(plan.event_id, list(handlers), lease=bus_settings().LEASE):
        run_one(handlers[claim.key.handler], claim)
