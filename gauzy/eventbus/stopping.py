"""Being asked to stop: what is not started is handed back.

Celery tells only a worker's parent process; its pool, which drains, learns of it through memory they share.
"""

import mmap
import threading


class Stopping:
    """An event of this process, and one of the whole worker: a page shared with everything forked from it."""

    def __init__(self) -> None:
        self._here = threading.Event()
        self._worker = mmap.mmap(-1, 1)

    def set(self) -> None:
        """Ask this process to stop; its worker may replace it by another."""
        self._here.set()

    def set_for_worker(self) -> None:
        """Ask this process and those forked from it to stop. For ever: a worker does not change its mind."""
        self._worker[0] = 1
        self._here.set()

    def clear(self) -> None:
        """Undo `set`."""
        self._here.clear()

    def is_set(self) -> bool:
        return self._here.is_set() or bool(self._worker[0])

    def wait(self, seconds: float) -> bool:
        """Wait up to that long to be asked; tell whether it happened. The worker's event is seen at the end."""
        return self._here.wait(seconds) or self.is_set()


stopping = Stopping()
