"""Private servers and stages. What the processes of a failed test said is printed with its failure."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gauzy.eventops.mailcatcher import MailCatcher
from tests.chaos.children import Publisher, Worker
from tests.chaos.stage import Postgres, Stage, sqlite_stage
from tests.support.private_postgres import PrivatePostgres
from tests.support.private_redis import PrivateRedis

FIRST_MAIL_PORT = 8025


@pytest.fixture(scope="session")
def rounds() -> int:
    """How often the tests with random moments kill; ROUNDS=200 for a long look."""
    return int(os.environ.get("ROUNDS", "8"))


@pytest.fixture(scope="session")
def mail() -> Iterator[MailCatcher]:
    """Where the mails of all stages arrive."""
    catcher = MailCatcher(FIRST_MAIL_PORT)
    catcher.start()
    yield catcher
    catcher.stop()


@pytest.fixture(scope="session")
def postgres(mail: MailCatcher) -> Iterator[Postgres]:
    with PrivatePostgres() as server:
        yield Postgres(server, mail.port)


@pytest.fixture(scope="module")
def redis() -> Iterator[PrivateRedis]:
    with PrivateRedis() as server:
        yield server


@pytest.fixture(scope="module")
def stage(postgres: Postgres, redis: PrivateRedis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One for all tests of a module, as starting processes takes most of the time; each test leaves nothing owed."""
    yield from closed(postgres.stage(tmp_path_factory.mktemp("stage"), redis))


@pytest.fixture
def small_stage(mail: MailCatcher, tmp_path: Path) -> Iterator[Stage]:
    """On SQLite, where one process serves and works."""
    yield from closed(sqlite_stage(tmp_path, mail.port))


@pytest.fixture
def crew(stage: Stage) -> tuple[Publisher, Worker]:
    """A publisher and a worker, ready; those of the test before, if they live."""
    publisher, worker = stage.living(Publisher) or stage.publisher(), stage.living(Worker) or stage.worker()
    worker.wait_until_ready()
    publisher.wait_until_ready()
    return publisher, worker


def closed(stage: Stage) -> Iterator[Stage]:
    try:
        yield stage
    finally:
        stage.close()
        sys.stdout.write(stage.report())  # pytest shows it for a test that failed
