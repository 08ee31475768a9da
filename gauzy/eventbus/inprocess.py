"""Broker URL `inprocess://localhost`: kombu's memory transport that wakes its consumer instead of polling.

Polling costs latency or idle CPU (10 ms gaps: 9 ms to a handler's start); an event costs neither.
"""

import threading
import time
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, memory

SCHEME = "inprocess"
LONGEST_WAIT = 1.0  # seconds between looks at the worker's own timers
FULL_WAIT = 0.005  # seconds, while the prefetch limit is reached: only Celery's loop notes what is acknowledged

arrived = threading.Event()


class Channel(memory.Channel):
    def _put(self, queue: str, message: Any, **kwargs: Any) -> None:
        super()._put(queue, message, **kwargs)
        arrived.set()


class Transport(memory.Transport):
    """For one worker in this process."""

    Channel = Channel

    def drain_events(self, connection: Any, timeout: float | None = None, **kwargs: Any) -> None:
        """Deliver one message; raise TimeoutError, as kombu expects, when woken or timed out without one."""
        wait = LONGEST_WAIT if all(channel.qos.can_consume() for channel in self.channels or ()) else FULL_WAIT
        deadline = time.monotonic() + (wait if timeout is None else min(timeout, wait))
        cycle: Any = self.cycle
        while True:
            arrived.clear()
            try:
                cycle.get(self._deliver, timeout=timeout)
            except Empty:
                if not arrived.wait(deadline - time.monotonic()):
                    raise TimeoutError from None
            else:
                return


def register() -> None:
    """Make the scheme known to kombu."""
    TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"
