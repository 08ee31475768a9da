"""PostgreSQL is restarted without a word to its clients: workers live on."""

import pytest

from tests.chaos.children import Publisher, Worker
from tests.chaos.jobs.events import Behaviour
from tests.chaos.stage import Postgres, Stage
from tests.chaos.waiting import eventually

pytestmark = [pytest.mark.chaos, pytest.mark.celery, pytest.mark.postgres, pytest.mark.redis]


def test_restarted_under_an_idle_worker(stage: Stage, crew: tuple[Publisher, Worker], postgres: Postgres) -> None:
    publisher, worker = crew
    publisher.publish(5)
    stage.settle()
    postgres.restart()
    publisher.publish(5)
    stage.settle()
    assert worker.is_alive


def test_restarted_under_load(stage: Stage, crew: tuple[Publisher, Worker], postgres: Postgres) -> None:
    publisher, worker = crew
    already = len(stage.world.entries())
    publisher.publish(60, Behaviour.BUSY, together=True)
    eventually("handlers run", lambda: len(stage.world.entries()) > already + 80, stage.report)
    postgres.restart()
    stage.settle()
    assert worker.is_alive
