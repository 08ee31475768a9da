"""`kill -9` in the middle of handlers: nothing lost and nothing doubled, whatever kind of handler it hits."""

import os
import random
import signal
from contextlib import suppress

import pytest

from tests.chaos.children import Publisher, Worker
from tests.chaos.jobs.events import Behaviour
from tests.chaos.stage import Stage
from tests.chaos.waiting import eventually
from tests.chaos.world import Entry

pytestmark = [pytest.mark.chaos, pytest.mark.celery, pytest.mark.postgres, pytest.mark.redis]


@pytest.mark.parametrize("handler", ["jobs.do_alone", "jobs.do_together", "jobs.call_out"])
def test_a_pool_process_killed_in_the_middle_of_a_handler(
    stage: Stage, crew: tuple[Publisher, Worker], handler: str
) -> None:
    publisher, worker = crew
    already = len(stage.world.entries(handler))
    publisher.publish(5, Behaviour.HELD, handler, together=True)
    [victim, *_] = eventually("the handler runs", lambda: stage.world.entries(handler)[already:], stage.report)
    os.kill(victim.pid, signal.SIGKILL)
    try:
        stage.world.open("release")
        stage.settle()
    finally:
        stage.world.close("release")
    again = [entry for entry in stage.world.entries(handler) if entry.event_id == victim.event_id]
    assert [entry.attempt for entry in again] == [1, 2]
    assert {entry.key for entry in again} == {victim.key}, "the outside world can recognise the repetition"
    assert worker.is_alive


def test_pool_processes_killed_at_random_moments(stage: Stage, crew: tuple[Publisher, Worker], rounds: int) -> None:
    publisher, worker = crew
    for _ in range(rounds):
        victim = _somebody_busy(stage, publisher)
        with suppress(ProcessLookupError):
            os.kill(victim.pid, signal.SIGKILL)
    stage.settle()
    assert worker.is_alive
    _assert_same_keys(stage)


def test_whole_workers_killed_at_random_moments(stage: Stage, crew: tuple[Publisher, Worker], rounds: int) -> None:
    publisher, worker = crew
    for _ in range(max(2, rounds // 4)):
        successor = stage.worker()
        _somebody_busy(stage, publisher)
        worker.kill()
        worker = successor
        worker.wait_until_ready()
    stage.settle()
    _assert_same_keys(stage)


def _somebody_busy(stage: Stage, publisher: Publisher) -> Entry:
    """Publish a burst and return who works on it, at some moment of that work."""
    already = len(stage.world.entries())
    publisher.publish(15, Behaviour.BUSY)
    skipped = random.randrange(20)

    def of_workers() -> list[Entry]:  # the publisher's own are those of its AFTER_COMMIT handler
        return [entry for entry in stage.world.entries()[already:] if entry.pid != publisher.pid][skipped:]

    return eventually("handlers run", of_workers, stage.report)[-1]


def _assert_same_keys(stage: Stage) -> None:
    keys: dict[tuple[str, str], set[str]] = {}
    for entry in stage.world.entries():
        keys.setdefault((entry.event_id, entry.handler), set()).add(entry.key)
    assert {len(of_one) for of_one in keys.values()} == {1}
