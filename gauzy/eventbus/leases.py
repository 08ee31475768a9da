"""Keeping the leases of external handlers while they talk to the world: a daemon thread with a connection of its own.

Database handlers need none: their uncommitted removal of the delivery keeps everybody off.
"""

import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

from gauzy.eventbus.conf import bus_settings
from gauzy.eventbus.records import ALIAS, Claimed
from gauzy.eventbus.stores import store

logger = logging.getLogger(__name__)


class _Keeper:
    def __init__(self) -> None:
        self._pid = 0
        self._claims: set[Claimed] = set()
        self._lock = threading.Lock()

    @contextmanager
    def kept(self, claim: Claimed) -> Iterator[None]:
        """Renew the lease of `claim` inside the block, every second (or third of its length, if that is shorter)."""
        with self._lock:
            if self._pid != os.getpid():
                self._start()
            self._claims.add(claim)
            self._needed.set()
        try:
            yield
        finally:
            with self._lock:
                self._claims.discard(claim)

    def _start(self) -> None:
        self._pid, self._claims, self._needed = os.getpid(), set(), threading.Event()
        threading.Thread(target=self._run, name="eventbus-leases", daemon=True).start()

    def _run(self) -> None:
        while self._needed.wait():
            time.sleep(min(1.0, bus_settings().LEASE / 3))
            with self._lock:
                if not self._claims:
                    self._needed.clear()
                claims = list(self._claims)
            if claims:
                self._renew(claims)

    def _renew(self, claims: list[Claimed]) -> None:
        try:
            store().renew(claims, lease=bus_settings().LEASE)
        except Exception:
            logger.warning("Leases could not be renewed; trying again", exc_info=True)
        finally:
            connections[ALIAS].close()


_keeper = _Keeper()
kept = _keeper.kept
