"""Redis dies, is away, or freezes: publishers do not notice, and workers find what is due by themselves."""

from collections.abc import Callable

import pytest

from tests.chaos.children import Publisher, Worker
from tests.chaos.stage import Stage
from tests.chaos.waiting import eventually
from tests.support.private_redis import PrivateRedis

pytestmark = [pytest.mark.chaos, pytest.mark.celery, pytest.mark.postgres, pytest.mark.redis]

Record = Callable[[str, object], None]


def test_redis_killed_in_the_middle_of_a_burst_and_restarted_empty(
    stage: Stage, crew: tuple[Publisher, Worker], redis: PrivateRedis, record_property: Record
) -> None:
    publisher, worker = crew
    publisher.begin(300)
    _wait_for_jobs(stage, 50)
    redis.kill()
    _wait_for_jobs(stage, 150)
    redis.start()
    record_property("milliseconds", publisher.finish())
    stage.settle()
    assert len(stage.ledger.events("jobs.job_started")) == 300
    assert worker.is_alive


def test_redis_away_for_the_whole_burst(
    stage: Stage, crew: tuple[Publisher, Worker], redis: PrivateRedis, record_property: Record
) -> None:
    publisher, worker = crew
    redis.stop()
    record_property("milliseconds", publisher.publish(100))
    stage.settle()
    redis.start()
    publisher.publish(5)
    stage.settle()
    assert worker.is_alive


def test_redis_frozen_for_the_whole_burst(
    stage: Stage, crew: tuple[Publisher, Worker], redis: PrivateRedis, record_property: Record
) -> None:
    publisher, worker = crew
    redis.freeze()
    record_property("milliseconds", publisher.publish(100))
    stage.settle()
    redis.thaw()
    publisher.publish(5)
    stage.settle()
    assert worker.is_alive


def test_a_worker_started_without_redis_finds_its_work(stage: Stage, redis: PrivateRedis) -> None:
    for kind in (Publisher, Worker):
        if child := stage.living(kind):
            child.kill()
    redis.stop()
    publisher, worker = stage.publisher(), stage.worker()
    publisher.wait_until_ready()
    publisher.publish(5)
    stage.settle()
    redis.start()
    worker.wait_until_ready()


def _wait_for_jobs(stage: Stage, count: int) -> None:
    eventually(
        f"{count} jobs are there", lambda: stage.ledger.number("SELECT count(*) FROM jobs_job") >= count, stage.report
    )
