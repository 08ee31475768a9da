"""One test's world: a database, perhaps a broker, and the product's processes on them."""

import json
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psycopg

from gauzy.eventops.demo.client import ApiClient
from tests.chaos.children import Child, Publisher, Server, Worker, environment, manage
from tests.chaos.ledger import Ledger, PostgresLedger, SqliteLedger
from tests.chaos.login import EMAIL, PASSWORD
from tests.chaos.waiting import eventually
from tests.chaos.world import VARIABLE, World
from tests.support.private_postgres import PrivatePostgres
from tests.support.private_redis import PrivateRedis

C = TypeVar("C", bound=Child)

TEMPLATE = "chaos_template"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What `prepare_stage` left: a tenant, and who is owed which event."""

    tenant_id: str
    handlers: Mapping[str, Sequence[str]]


class Stage:
    """Where a test's processes work. They start side by side: wait for the one that is needed."""

    def __init__(self, folder: Path, variables: Mapping[str, str], prepared: Prepared, ledger: Ledger) -> None:
        self._folder = folder
        self._variables = {**variables, VARIABLE: str(folder)}
        self.tenant_id = prepared.tenant_id
        self._children: list[Child] = []
        self.ledger = ledger
        self.world = World(folder)

    def environment(self, **bus: Any) -> dict[str, str]:
        """Return what a process of this stage sees; `bus`: keys of the setting EVENTBUS."""
        return environment(**self._variables, JOBS_EVENTBUS=json.dumps(bus))

    def living(self, kind: type[C]) -> C | None:
        """Return a process of that kind that is still alive."""
        return next((child for child in self._children if isinstance(child, kind) and child.is_alive), None)

    def worker(self, **bus: Any) -> Worker:
        worker = Worker(self._name("worker"), self.environment(**bus), self._folder)
        self._children.append(worker)
        return worker

    def publisher(self, **bus: Any) -> Publisher:
        publisher = Publisher(self._name("publisher"), self.environment(**bus), self._folder, self.tenant_id)
        self._children.append(publisher)
        return publisher

    def server(self, port: int | None = None, **bus: Any) -> Server:
        server = Server(self._name("server"), self.environment(**bus), self._folder, port)
        self._children.append(server)
        return server

    def manage(self, *arguments: str, status: int = 0) -> str:
        return manage(*arguments, environment=self.environment(), status=status)

    def settle(self) -> None:
        """Wait until nothing is owed, and check the accounts."""
        eventually("nothing is owed any more", self.ledger.is_settled, self.report)
        self.ledger.assert_balanced()

    def report(self) -> str:
        return "\n".join([self.ledger.report(), *(child.report() for child in self._children)])

    def close(self) -> None:
        for child in self._children:
            child.close()

    def _name(self, kind: str) -> str:
        return f"{kind}-{len(self._children)}"


@contextmanager
def signed_in(server: Server) -> Iterator[ApiClient]:
    """A client of the server's API, as the owner of the prepared tenant."""
    with httpx.Client(base_url=server.url, timeout=60) as http:
        api = ApiClient(http)
        assert api.sign_in(EMAIL, PASSWORD)
        yield api


def prepare(url: str) -> Prepared:
    return Prepared(**json.loads(manage("prepare_stage", environment=environment(DATABASE_URL=url))))


class Postgres:
    """A private server with a prepared database, of which each stage gets a copy."""

    def __init__(self, server: PrivatePostgres, mail_port: int) -> None:
        self.server = server
        self._mail_port = mail_port
        self._execute(f"CREATE DATABASE {TEMPLATE}")
        self._prepared = prepare(self._url(TEMPLATE))
        self._copies = 0

    def stage(self, folder: Path, redis: PrivateRedis, **more: str) -> Stage:
        """Return a stage whose processes see these variables, too."""
        self._copies += 1
        name = f"chaos_{self._copies}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        variables = {"DATABASE_URL": self._url(name), "REDIS_URL": redis.url, "EMAIL_PORT": str(self._mail_port)}
        return Stage(folder, variables | more, self._prepared, PostgresLedger(self._url(name), self._prepared.handlers))

    def restart(self) -> None:
        """Stop at once, as in an emergency: every connection breaks in the middle of what it does. Then start again."""
        process = self.server.process
        assert process is not None
        process.send_signal(signal.SIGQUIT)
        process.wait()
        self.server.start()

    def _url(self, database: str) -> str:
        return f"{self.server.url.rpartition('/')[0]}/{database}"

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.server.url, autocommit=True) as connection:
            connection.execute(statement.encode())


def sqlite_stage(folder: Path, mail_port: int) -> Stage:
    """A stage on SQLite, without a broker: the product's smallest arrangement."""
    file = folder / "chaos.sqlite3"
    url = f"sqlite:///{file}"
    prepared = prepare(url)
    return Stage(
        folder, {"DATABASE_URL": url, "EMAIL_PORT": str(mail_port)}, prepared, SqliteLedger(file, prepared.handlers)
    )
