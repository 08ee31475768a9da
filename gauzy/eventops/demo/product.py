"""The product as a process of its own, on an empty database in a temporary folder."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
from django.conf import settings

from gauzy.eventops.demo.client import Unexpected
from gauzy.eventops.sockets import address, listen

START_TIMEOUT = 30.0  # seconds
STOP_TIMEOUT = 10.0  # seconds
NOT_OURS = ("DATABASE_URL", "REDIS_URL", "BROKER_URL", "PUBLIC_URL", "ENVIRONMENT", "SECRET_KEY")


class Product:
    """`manage.py serve`: web server and worker. `url` answers while it runs; the log is kept in the folder."""

    def __init__(self, folder: Path, *, mail_port: int) -> None:
        with listen("127.0.0.1", 0, or_next=False) as probe:
            self._port = address(probe)[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self.log = folder / "product.log"
        kept = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
        self._environment = kept | {
            "DATABASE_URL": f"sqlite:///{folder / 'demo.sqlite3'}",
            "EMAIL_PORT": str(mail_port),
            "PUBLIC_URL": self.url,
            "WEBHOOK_ALLOWED_HOSTS": "127.0.0.1",  # where the story's subscriber listens
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._manage("migrate", "--verbosity=0").wait()
        self.start()
        return self

    def start(self) -> None:
        """Start it and return when it answers."""
        self._process = self._manage("serve", f"--port={self._port}")
        deadline = time.monotonic() + START_TIMEOUT
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise Unexpected(f"The product did not start:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end(signal.SIGTERM)

    def _manage(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments],
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=5).is_success
        except httpx.TransportError:
            return False

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(how)
            try:
                self._process.wait(STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
