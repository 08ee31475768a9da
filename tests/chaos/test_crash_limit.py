"""A delivery that takes its worker down each time is set aside; whatever was claimed with it runs."""

import pytest

from tests.chaos.jobs.events import Behaviour
from tests.chaos.stage import Stage

pytestmark = [pytest.mark.chaos, pytest.mark.celery, pytest.mark.postgres, pytest.mark.redis]


def test_a_delivery_that_kills_its_worker_is_set_aside_as_crashed_and_its_mates_run(stage: Stage) -> None:
    publisher, worker = stage.publisher(), stage.worker(CRASH_LIMIT=2)
    publisher.wait_until_ready()
    publisher.publish(5)
    publisher.publish(1, Behaviour.DEADLY, "jobs.do_alone")
    publisher.publish(1, Behaviour.DEADLY, "jobs.do_together")
    publisher.publish(5)
    stage.settle()
    assert sorted(handler for _, handler in stage.ledger.dead()) == ["jobs.do_alone", "jobs.do_together"]
    assert stage.ledger.rows("SELECT DISTINCT kind FROM eventbus_failure") == [("crashed",)]
    assert worker.is_alive
