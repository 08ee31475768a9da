"""A worker that is asked to stop ends what runs and hands back what it has claimed and not begun."""

import pytest

from tests.chaos.jobs.events import Behaviour
from tests.chaos.stage import Stage
from tests.chaos.waiting import eventually

pytestmark = [pytest.mark.chaos, pytest.mark.celery, pytest.mark.postgres, pytest.mark.redis]

FOR_LONG = 60.0  # seconds: neither a lease nor a drain ends by itself


def test_sigterm_in_the_middle_of_a_drain_hands_back_what_was_not_begun(stage: Stage) -> None:
    publisher, worker = stage.publisher(), stage.worker(LEASE=FOR_LONG, DRAIN_BUDGET=FOR_LONG)
    publisher.wait_until_ready()
    publisher.publish(10, Behaviour.HELD, "jobs.do_alone", together=True)
    eventually("the first one runs", lambda: stage.world.entries("jobs.do_alone"), stage.report)
    worker.terminate()
    eventually("it was heard", lambda: "Warm shutdown" in worker.log(), stage.report)
    stage.world.open("release")
    assert worker.wait() == 0
    assert len(stage.world.entries("jobs.do_alone")) == 1, "what runs is finished, nothing is begun"
    left = "SELECT attempts, lease_until FROM eventbus_delivery WHERE handler = 'jobs.do_alone'"
    assert stage.ledger.rows(left) == [(0, None)] * 9
    stage.worker()
    stage.settle()
