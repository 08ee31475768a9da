"""`kill -9` of who publishes: what was committed is delivered, what was not never happened."""

import random
from functools import partial

import pytest

from tests.chaos.children import Publisher, Worker
from tests.chaos.stage import Stage
from tests.chaos.waiting import eventually

pytestmark = [pytest.mark.chaos, pytest.mark.celery, pytest.mark.postgres, pytest.mark.redis]


def test_killed_before_its_commit_it_published_nothing(stage: Stage, crew: tuple[Publisher, Worker]) -> None:
    publisher, _ = crew
    before = stage.ledger.events()
    publisher.publish_and_die("before commit", count=3)
    assert stage.ledger.events() == before
    stage.settle()


def test_killed_between_commit_and_hint_it_loses_nothing(stage: Stage, crew: tuple[Publisher, Worker]) -> None:
    """Also what it would have run AFTER_COMMIT: a worker takes over."""
    publisher, _ = crew
    before = set(stage.ledger.events())
    publisher.publish_and_die("after commit", count=3)
    assert len(set(stage.ledger.events()) - before) == 3
    stage.settle()
    assert {entry.pid for entry in stage.world.entries("jobs.do_at_once")}.isdisjoint({publisher.pid})


def test_killed_at_random_moments_of_a_burst(stage: Stage, crew: tuple[Publisher, Worker], rounds: int) -> None:
    publisher, _ = crew
    for _ in range(max(2, rounds // 4)):
        successor = stage.publisher()
        enough = len(stage.ledger.events()) + random.randrange(1, 50)
        publisher.begin(10_000)
        eventually("it publishes", partial(_has, stage, enough), stage.report)
        publisher.kill()
        publisher = successor
        publisher.wait_until_ready()
    stage.settle()


def _has(stage: Stage, enough: int) -> bool:
    return len(stage.ledger.events()) >= enough
