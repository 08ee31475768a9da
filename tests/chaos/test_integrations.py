"""`kill -9` while GitHub's deliveries are taken in, and in the middle of a sync: nothing lost and nothing doubled."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from tests.chaos.children import Server, Worker
from tests.chaos.conftest import closed
from tests.chaos.ledger import PostgresLedger
from tests.chaos.stage import Postgres, Stage, signed_in
from tests.chaos.waiting import eventually
from tests.factories.github import REPOSITORY_URL, signature
from tests.support.github_api import GitHubApi
from tests.support.private_redis import PrivateRedis

pytestmark = [pytest.mark.chaos, pytest.mark.celery, pytest.mark.postgres, pytest.mark.redis]


@pytest.fixture(scope="module")
def github() -> Iterator[GitHubApi]:
    with GitHubApi() as api:
        yield api


@pytest.fixture(scope="module")
def stage(
    postgres: Postgres, redis: PrivateRedis, github: GitHubApi, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    yield from closed(postgres.stage(tmp_path_factory.mktemp("stage"), redis, GITHUB_API_URL=github.base_url))


@pytest.fixture(scope="module")
def server(stage: Stage) -> Server:
    return stage.server()


@pytest.fixture(scope="module")
def integration(stage: Stage, server: Server) -> str:
    linked: dict[str, str] = json.loads(stage.manage("link_repository", stage.tenant_id))
    server.wait_until_ready()
    return linked["integration_id"]


def test_a_worker_killed_while_it_takes_in_deliveries_that_come_twice(
    stage: Stage, server: Server, integration: str, github: GitHubApi
) -> None:
    worker, numbers = stage.worker(), range(1, 6)
    with _held(stage, "integrations_repositorylink"):
        for number in numbers:
            _deliver(server, integration, github, number)
        eventually("a worker is in the middle of it", lambda: _waiting_for_locks(stage), stage.report)
        worker.close()
    for number in numbers:
        _deliver(server, integration, github, number)
    stage.worker()
    stage.settle()
    _assert_each_issue_is_one_task(stage, numbers)
    assert stage.ledger.rows("SELECT DISTINCT state FROM integrations_githubdelivery") == [("processed",)]


def test_a_worker_killed_in_the_middle_of_a_sync(
    stage: Stage, server: Server, integration: str, github: GitHubApi
) -> None:
    numbers, worker, reached = range(101, 107), stage.living(Worker) or stage.worker(), threading.Event()
    github.issues = {}
    for number in numbers:
        github.put_issue(number)

    def hold(receiver: Any, to: Any) -> None:
        reached.set()
        receiver.closing.wait(60)
        to.close_connection = True

    github.faults = [github.as_ever, github.as_ever, hold]  # the repository, its first page, its second
    with signed_in(server) as api:
        api.post(f"/integrations/{integration}/sync")
    assert reached.wait(60), stage.report()
    worker.close()
    assert stage.ledger.rows("SELECT state, pages, created FROM integrations_syncrun") == [("running", 1, 2)]
    stage.worker()
    eventually("nothing is owed any more", stage.ledger.is_settled, stage.report)
    assert stage.ledger.rows("SELECT state, pages, created, unchanged FROM integrations_syncrun") == [("done", 3, 6, 0)]
    assert len(github.calls("GET", r"/issues\?.*direction")) == 1, "the first page was not asked for again"
    assert len(stage.ledger.events("integrations.integration_sync")) == 1
    _assert_each_issue_is_one_task(stage, numbers)


def _deliver(server: Server, integration: str, github: GitHubApi, number: int) -> None:
    """Deliver that an issue was opened; the delivery's id is the issue's."""
    payload = {"action": "opened", "issue": github.put_issue(number), "repository": github.repository}
    body = json.dumps(payload).encode()
    headers = {"X-GitHub-Event": "issues", "X-GitHub-Delivery": f"issue-{number}", "Content-Type": "application/json"}
    headers["X-Hub-Signature-256"] = signature(body)
    answer = httpx.post(f"{server.url}{REPOSITORY_URL}/{integration}", content=body, headers=headers, timeout=60)
    assert answer.status_code == 202, answer.text


@contextmanager
def _held(stage: Stage, table: str) -> Iterator[None]:
    """Hold the locks of a table's rows, as a slow neighbour would."""
    assert isinstance(stage.ledger, PostgresLedger)
    with stage.ledger.connect() as neighbour, neighbour.transaction():
        neighbour.execute(f"SELECT 1 FROM {table} FOR UPDATE".encode())
        yield


def _waiting_for_locks(stage: Stage) -> int:
    return stage.ledger.number(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )


def _assert_each_issue_is_one_task(stage: Stage, numbers: range) -> None:
    titles = sorted(f"Issue {number}" for number in numbers)
    named = ", ".join(f"'{title}'" for title in titles)
    tasks = stage.ledger.rows(f"SELECT id, title FROM timetracking_task WHERE title IN ({named}) ORDER BY title")
    assert [title for _, title in tasks] == titles
    mapped = stage.ledger.rows("SELECT internal_id FROM integrations_externalid")
    assert {id for id, _ in tasks} <= {id for (id,) in mapped}
    assert len(stage.ledger.events("timetracking.task_created")) == len(mapped), "nothing was made twice"
