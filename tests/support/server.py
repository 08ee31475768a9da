"""The life of a private server: start, stop, kill, freeze; always on the same port and data."""

import shutil
import signal
import subprocess
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.processes import STOP_TIMEOUT, ServerFailed, free_port, wait_until_ready


class PrivateServer(ABC):
    """A server on a free loopback port in a temporary folder; a context manager that stops it and removes the folder.

    Start it from a thread that lives as long as the server should: Linux ends it together with that thread.
    """

    stop_signal = signal.SIGTERM

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f"{type(self).__name__}-"))
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str: ...

    @abstractmethod
    def command(self) -> list[str]: ...

    @abstractmethod
    def answers(self) -> bool: ...

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def prepare(self) -> None:  # noqa: B027  most servers need nothing
        """Do what is needed once, before the first start."""

    def start(self) -> None:
        """Start on the port of before; return when it answers."""
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C reaches the tests first, and they still need their servers to clean up.
            self.process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        wait_until_ready(self.process, self.answers, self.log)

    def stop(self) -> None:
        """Stop in order; kill what does not."""
        if self.process is None:
            return
        self._signal(self.stop_signal)
        try:
            self.process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process = None

    def kill(self) -> None:
        """SIGKILL, as a machine's sudden end would look to its clients."""
        self._signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait(STOP_TIMEOUT)
            self.process = None

    def freeze(self) -> None:
        """Stop answering without closing a connection."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def __enter__(self) -> Self:
        try:
            self.prepare()
            self._start_on_any_free_port()
        except BaseException:
            self._remove()
            raise
        return self

    def _start_on_any_free_port(self, attempts: int = 3) -> None:
        """Another process may take the port between our look and the server's own."""
        for attempt in range(1, attempts + 1):
            try:
                self.start()
            except ServerFailed:
                if attempt == attempts or self.process is None or self.process.poll() is None:
                    raise
                self.port = free_port()
            else:
                return

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._remove()

    def _remove(self) -> None:
        self.thaw()
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
