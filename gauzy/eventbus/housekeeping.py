"""What workers do beside draining, in their sweeping thread: reconcile after a deploy, forget what is old."""

import logging
import time

from gauzy.eventbus import chores, pruning, reconciling

logger = logging.getLogger(__name__)

RECONCILE_EVERY, PRUNE_EVERY = 60.0, 600.0  # seconds
PRUNED_AT_ONCE = 5_000  # events in one turn


class Housekeeper:
    """One per worker process. Many at once do no harm: each step finds done what another did."""

    def __init__(self) -> None:
        self._reconcile_at, self._prune_at = 0.0, time.monotonic() + RECONCILE_EVERY
        self._started = False
        self._chores = chores.Turns(time.monotonic())

    def look_around(self) -> None:
        """Do what is due; for a moment in which the worker sweeps anyway."""
        now = time.monotonic()
        if now >= self._reconcile_at:
            self._reconcile_at = now + RECONCILE_EVERY
            self._reconcile()
        if now >= self._prune_at and (kept := pruning.retention()):
            self._prune_at = now + PRUNE_EVERY
            if forgotten := pruning.prune(older_than=kept, at_most=PRUNED_AT_ONCE):
                logger.info("Forgot %s events older than %s", forgotten, kept)
        self._chores.do_due(now)

    def _reconcile(self) -> None:
        if self._started:
            reconciling.reconcile(reconciling.RECENT)
            return
        reconciling.note_handlers()
        reconciling.reconcile()
        self._started = True
