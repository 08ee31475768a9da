"""Hints: "handler X has work", one Celery message per handler and burst, sent by one thread of the publishing process.

A hint only saves time: the tables hold the truth, and workers sweep. So hints are coalesced (a gap that grows from 5 to
100 ms while they keep coming), never block the publisher, and are dropped while the broker is away.
"""

import atexit
import logging
import os
import threading
import time
from collections.abc import Iterable
from queue import SimpleQueue

from celery import current_app
from kombu import Producer

from gauzy.eventbus.catalogue import catalogue
from gauzy.eventbus.ids import uuid7

logger = logging.getLogger(__name__)

SHORTEST_GAP, LONGEST_GAP = 0.005, 0.1  # seconds
FLUSH_AT_EXIT = 0.2  # seconds a process waits at its end for its last hints
REST = 1.0  # seconds without attempts after a failure
SOCKET_TIMEOUT = 1.0  # for this connection only: a worker's own blocking reads must not time out


# A task without arguments, as version 2 of Celery's message protocol has it.
TRANSIENT = 1  # AMQP's: not written to disk
NO_ARGUMENTS = '[[], {}, {"callbacks": null, "errbacks": null, "chain": null, "chord": null}]'
HEADERS = {
    "lang": "py",
    "parent_id": None,
    "group": None,
    "shadow": None,
    "eta": None,
    "expires": None,
    "retries": 0,
    "timelimit": [None, None],
    "argsrepr": "()",
    "kwargsrepr": "{}",
    "ignore_result": True,
}


class HintSender:
    """A lazily started daemon thread with a queue of handlers to announce; everything is made anew after a fork."""

    def __init__(self) -> None:
        self._pid = 0
        self._starting = threading.Lock()

    def mark(self, handlers: Iterable[str]) -> None:
        """Announce soon that these handlers have work. Costs a queue's put; never raises, never waits."""
        self._ensure_started()
        self._marked.put(tuple(handlers))

    def send(self, handlers: Iterable[str]) -> bool:
        """Send hints now, in this thread; tell whether the broker took them."""
        self._ensure_started()
        with self._sending:
            if time.monotonic() < self._resting_until:
                return False
            try:
                for handler_id in handlers:
                    self._send(handler_id)
            except Exception as error:  # noqa: BLE001  whatever it is, a hint must not hurt the publisher
                self._rest(error)
                return False
            self._failing = False
            return True

    def _ensure_started(self) -> None:
        if self._pid == os.getpid():
            return
        with self._starting:
            if self._pid != os.getpid():
                self._start()

    def _start(self) -> None:
        """A parent's thread and broker connection are not a forked child's."""
        self._marked: SimpleQueue[tuple[str, ...]] = SimpleQueue()
        self._sending = threading.Lock()
        self._producer: Producer | None = None
        self._resting_until, self._failing = 0.0, False
        threading.Thread(target=self._run, name="eventbus-hints", daemon=True).start()
        atexit.register(self._flush)
        self._pid = os.getpid()

    def _flush(self) -> None:
        """Wait a moment for hints on their way: a management command ends before its thread's next turn."""
        deadline = time.monotonic() + FLUSH_AT_EXIT
        while not self._marked.empty() and time.monotonic() < deadline:
            time.sleep(SHORTEST_GAP)
        if self._sending.acquire(timeout=max(0.0, deadline - time.monotonic())):
            self._sending.release()

    def _run(self) -> None:
        gap = SHORTEST_GAP
        while True:
            handlers = set(self._marked.get())
            while not self._marked.empty():
                handlers.update(self._marked.get())
            self.send(sorted(handlers))
            time.sleep(gap)
            gap = SHORTEST_GAP if self._marked.empty() else min(gap * 2, LONGEST_GAP)

    def _send(self, handler_id: str) -> None:
        """Publish what `send_task` would, for half its price; straight to the queue, past exchanges and routes."""
        handler = catalogue.find_handler(handler_id)
        if handler is not None:
            task_id = str(uuid7())
            self._connected().publish(
                NO_ARGUMENTS,
                routing_key=handler.queue,
                headers=HEADERS | {"task": handler_id, "id": task_id, "root_id": task_id},
                correlation_id=task_id,
                content_type="application/json",
                content_encoding="utf-8",
                delivery_mode=TRANSIENT,
                retry=False,
            )

    def _connected(self) -> Producer:
        if self._producer is None:
            connection = current_app.connection_for_write(connect_timeout=SOCKET_TIMEOUT)
            if connection.transport.driver_type == "redis":
                connection.transport_options = {
                    **(connection.transport_options or {}),
                    "socket_timeout": SOCKET_TIMEOUT,
                    "socket_connect_timeout": SOCKET_TIMEOUT,
                }
            self._producer = current_app.amqp.Producer(connection, auto_declare=False)
        return self._producer

    def _rest(self, error: Exception) -> None:
        """Stop trying for a moment. The first error of an outage is logged with its type: it may be a bug of ours."""
        if not self._failing:
            logger.warning(
                "Hints cannot be sent (%s: %s); workers find the work by sweeping", type(error).__name__, error
            )
        self._failing, self._resting_until = True, time.monotonic() + REST
        self._producer = None


_sender = HintSender()
mark = _sender.mark
send = _sender.send
