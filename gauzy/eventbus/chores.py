"""What apps have workers do now and then: ask for what is due, forget what is old. There is no scheduler to run."""

import logging
from collections.abc import Callable

from django.db import connections

from gauzy.eventbus.records import ALIAS

logger = logging.getLogger(__name__)

Chore = Callable[[], object]
_chores: dict[Chore, float] = {}


def add_chore(chore: Chore, *, every: float) -> None:
    """Have each worker do something every so many seconds; for `AppConfig.ready()`.

    It must be quick, enters its own context, and finds done what another worker did a moment ago. A failure is logged,
    and the next turn tries again.
    """
    _chores[chore] = every


class Turns:
    """When a worker did each chore last; the first time is a turn's length after it began."""

    def __init__(self, began: float) -> None:
        self._began = began
        self._done_at: dict[Chore, float] = {}

    def do_due(self, now: float) -> None:
        """Do what is due at a moment of the monotonic clock."""
        for chore, every in list(_chores.items()):
            if now >= self._done_at.get(chore, self._began) + every:
                self._done_at[chore] = now
                _do(chore)


def _do(chore: Chore) -> None:
    try:
        chore()
    except Exception:
        logger.warning("A chore failed: %s.%s", chore.__module__, chore.__qualname__, exc_info=True)
        connections[ALIAS].close()
