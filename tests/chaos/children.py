"""The product's processes: started, killed, and never left behind."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from gauzy.eventbus.conf import bus_settings
from tests.chaos.jobs.events import Behaviour
from tests.chaos.waiting import eventually
from tests.support.processes import free_port, supervised, tail

MANAGE = Path(__file__).parents[2] / "manage.py"
PRIVATE = ("DATABASE_URL", "REDIS_URL", "BROKER_URL", "AMQP_URL", "ENVIRONMENT", "SECRET_KEY", "PUBLIC_URL")


def environment(**variables: str) -> dict[str, str]:
    """Return ours without what names servers, and with `variables`."""
    kept = {name: value for name, value in os.environ.items() if name not in PRIVATE}
    return kept | {"DJANGO_SETTINGS_MODULE": "tests.chaos.settings", "PYTHONPATH": str(MANAGE.parent)} | variables


class Child:
    """A process with its descendants, in a group of its own. The kernel kills it if this process dies."""

    talks = False  # takes orders on stdin and answers on stdout, instead of logging there

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
        self._log = folder / f"{name}.log"
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                supervised([sys.executable, *command], dies_with=signal.SIGKILL),
                env=environment,
                stdin=subprocess.PIPE if self.talks else subprocess.DEVNULL,
                stdout=subprocess.PIPE if self.talks else log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def report(self) -> str:
        return f"--- {self._log.name}\n{tail(self._log, lines=60)}"

    def kill(self) -> None:
        """SIGKILL to the process itself, as the out-of-memory killer sends it; its pool dies by its own means."""
        self._process.kill()
        self._process.wait()
        self.wait_until_gone()

    def terminate(self) -> None:
        self._process.terminate()

    def wait(self) -> int:
        """Wait for an end of its own and return its exit status."""
        eventually(f"{self._log.name} ends", lambda: not self.is_alive, self.report)
        return self._process.wait()

    def wait_until_gone(self) -> None:
        """Wait for the last descendant."""
        eventually(f"nobody of {self._log.name} is left", self._is_gone, self.report)

    def close(self) -> None:
        """End everything that is left of it."""
        if not self._is_gone():
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        self.wait_until_gone()

    def _is_gone(self) -> bool:
        self._process.poll()  # a zombie is still a member of its group
        try:
            os.killpg(self.pid, 0)
        except ProcessLookupError:
            return True
        return False


class Worker(Child):
    """`celery -A gauzy worker` with two pool processes."""

    def __init__(self, name: str, environment: Mapping[str, str], folder: Path) -> None:
        options = [
            "--concurrency=2",
            f"--queues={','.join(bus_settings().QUEUES)}",
            "--without-gossip",
            "--without-mingle",
            "--loglevel=INFO",
        ]
        super().__init__(name, ["-m", "celery", "-A", "gauzy", "worker", *options], environment, folder)

    def wait_until_ready(self) -> None:
        eventually("the worker is ready", lambda: " ready." in self.log() or not self.is_alive, self.report)
        assert self.is_alive, self.report()


class Publisher(Child):
    """`manage.py publish_jobs`: starts jobs when it is told to."""

    talks = True

    def __init__(self, name: str, environment: Mapping[str, str], folder: Path, tenant: str) -> None:
        super().__init__(name, [str(MANAGE), "publish_jobs", tenant], environment, folder)
        self._is_ready = False
        self._answers: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        super().close()
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # an order that nobody read
            self._process.stdin.close()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as answers:
            for line in answers:
                self._answers.put(line)

    def wait_until_ready(self) -> None:
        if not self._is_ready:
            assert self._answer() == "ready"
            self._is_ready = True

    def publish(
        self, count: int = 1, behaviour: Behaviour = Behaviour.PLAIN, troubled: str = "", *, together: bool = False
    ) -> float:
        """Start jobs, each in a transaction of its own or all in one; return how many milliseconds it took."""
        self._order(count=count, behaviour=behaviour, troubled=troubled, together=together, dies="")
        milliseconds: float = self._answer()
        return milliseconds

    def begin(self, count: int) -> None:
        """Start jobs one after another, and return at once."""
        self._order(count=count, behaviour=Behaviour.PLAIN, troubled="", together=False, dies="")

    def finish(self) -> float:
        """Wait for the end of what `begin` began; return how many milliseconds it took."""
        milliseconds: float = self._answer()
        return milliseconds

    def publish_and_die(self, point: str, count: int = 1) -> None:
        """Start jobs in one transaction and let the process kill itself "before commit" or "after commit"."""
        self._order(count=count, behaviour=Behaviour.PLAIN, troubled="", together=True, dies=point)
        assert self.wait() == -signal.SIGKILL, self.report()

    def _order(self, **order: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{json.dumps(order)}\n".encode())
        self._process.stdin.flush()

    def _answer(self) -> Any:
        eventually("the publisher answers", lambda: not self._answers.empty() or not self.is_alive, self.report)
        assert not self._answers.empty(), self.report()
        return json.loads(self._answers.get())


class Server(Child):
    """`manage.py serve`: the API; where no broker is named, the worker too."""

    def __init__(self, name: str, environment: Mapping[str, str], folder: Path, port: int | None = None) -> None:
        self._port = port or free_port()
        super().__init__(name, [str(MANAGE), "serve", f"--port={self._port}"], environment, folder)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def wait_until_ready(self) -> None:
        eventually("the server answers", lambda: self._answers() or not self.is_alive, self.report)
        assert self.is_alive, self.report()

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=5).is_success
        except httpx.TransportError:
            return False


def manage(*arguments: str, environment: Mapping[str, str], status: int = 0) -> str:
    """Run a management command to its end, which must be that exit status, and return what it prints."""
    command = supervised([sys.executable, str(MANAGE), *arguments], dies_with=signal.SIGKILL)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == status, f"{arguments} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done.stdout
