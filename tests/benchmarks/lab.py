"""Where experiments happen: a PostgreSQL that keeps what it commits, a Redis, databases, and processes on them."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import psycopg

from tests.support.private_postgres import PrivatePostgres
from tests.support.private_redis import PrivateRedis
from tests.support.processes import supervised, tail

ROOT = Path(__file__).parents[2]
NOT_OURS = ("DATABASE_URL", "REDIS_URL", "BROKER_URL", "AMQP_URL", "ENVIRONMENT", "PUBLIC_URL", "LOG_LEVEL")


class DurablePostgres(PrivatePostgres):
    """With the settings of initdb: a commit waits for the disk."""

    tuning = {"max_connections": "100"}


@dataclass
class Lab:
    """How much to measure, and the servers to do it on. A context manager that ends whatever it started."""

    rounds: int = 5
    scale: float = 1.0
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="bench-")))

    def __enter__(self) -> Self:
        self._stack = ExitStack()
        self._databases, self._has_template = 0, False
        self._servers: tuple[DurablePostgres, PrivateRedis] | None = None
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def scaled(self, number: int) -> int:
        """Return a number of rows, samples or tasks, made smaller for a short run."""
        return max(20, round(number * self.scale))

    def turns(self) -> Iterator[bool]:
        """Yield once per round: whether ours comes first in it."""
        for turn in range(self.rounds):
            yield turn % 2 == 0

    @property
    def servers(self) -> tuple[DurablePostgres, PrivateRedis]:
        if self._servers is None:
            self._servers = self._stack.enter_context(DurablePostgres()), self._stack.enter_context(PrivateRedis())
        return self._servers

    def database(self) -> dict[str, str]:
        """Make a migrated database, a copy of the first; return the variables that name it and the broker."""
        postgres, redis = self.servers
        server = postgres.url.rpartition("/")[0]
        self._databases += 1
        name = f"bench_{self._databases}"
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            if not self._has_template:
                self._has_template = True
                connection.execute("CREATE DATABASE template")
                self._migrate(f"{server}/template")
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template".encode())
        return {"DATABASE_URL": f"{server}/{name}", "REDIS_URL": redis.url}

    def sqlite(self) -> dict[str, str]:
        template, self._databases = self.folder / "template.sqlite3", self._databases + 1
        if not template.exists():
            self._migrate(f"sqlite:///{template}")
        path = shutil.copy(template, self.folder / f"bench-{self._databases}.sqlite3")
        return {"DATABASE_URL": f"sqlite:///{path}"}

    def _migrate(self, url: str) -> None:
        command = [sys.executable, str(ROOT / "manage.py"), "migrate", "--run-syncdb", "--verbosity=0"]
        subprocess.run(command, env=self.environment({"DATABASE_URL": url}), check=True)

    def environment(self, variables: dict[str, str]) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
        return kept | {
            "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
            "PYTHONPATH": str(ROOT),
            "DEBUG": "false",  # else Django keeps every statement, and the bus goes the slow way with it
            "LOG_LEVEL": "WARNING",
            "BENCH_SOCKET": str(self.folder / "socket"),
            **variables,
        }

    @contextmanager
    def process(self, *command: str, variables: dict[str, str], **pipes: Any) -> Iterator[subprocess.Popen[str]]:
        """Run a process with its descendants until the block ends; its log is in the folder."""
        log = self.folder / f"process-{threading.get_ident()}-{len(list(self.folder.iterdir()))}.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                supervised([sys.executable, *command], dies_with=signal.SIGKILL),
                env=self.environment(variables),
                stderr=output,
                start_new_session=True,
                text=True,
                **({"stdout": output} | pipes),
            )
        try:
            yield process
        except Exception as error:
            error.add_note(f"{command}:\n{tail(log)}")
            raise
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()

    @contextmanager
    def peer(self, variables: dict[str, str]) -> Iterator["Peer"]:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with self.process("-m", "tests.benchmarks.peer", variables=variables, **pipes) as process:
            yield Peer(process)

    @contextmanager
    def worker(self, variables: dict[str, str], queue: str, processes: int = 2) -> Iterator[None]:
        """`celery -A gauzy worker`, once it is ready."""
        options = [f"--concurrency={processes}", f"--queues={queue}", "--without-gossip", "--without-mingle"]
        command = ["-m", "celery", "-A", "gauzy", "worker", *options, f"--hostname={queue}@bench"]
        with self.process(*command, variables=variables) as process, self.peer(variables) as peer:
            if not peer("celery_control.wait_for_worker", name=f"{queue}@bench"):
                raise RuntimeError(f"The worker is not ready: {process.args!r}")
            yield

    def celery(self, variables: dict[str, str]) -> AbstractContextManager[None]:
        """A worker of the tasks that the bus is compared with."""
        return self.worker(variables | {"DJANGO_SETTINGS_MODULE": "tests.benchmarks.reference_settings"}, "reference")


class Peer:
    """Call a function of these benchmarks in another process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def __call__(self, call: str, **arguments: Any) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"call": call, "arguments": arguments}) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{call} failed")
        return json.loads(answer)
