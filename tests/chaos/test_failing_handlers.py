"""A handler that raises is its own affair: the API answers, the rest runs, and an operator heals it."""

import json

import pytest

from tests.chaos.stage import Stage, signed_in
from tests.chaos.waiting import eventually

pytestmark = [pytest.mark.chaos, pytest.mark.celery, pytest.mark.postgres, pytest.mark.redis]

HANDLER = "jobs.check_references"


def test_a_handler_that_raises_is_retried_then_dead_then_healed_by_an_operator(stage: Stage) -> None:
    server, _ = stage.server(), stage.worker()
    stage.world.open("broken")
    server.wait_until_ready()
    with signed_in(server) as api:
        [organization] = api.all("/organizations")
        employee = api.post(  # raises unless it is answered with success
            "/employees",
            organization_id=organization["id"],
            email="grace@chaos.example",
            first_name="Grace",
            last_name="Hopper",
        )
    eventually("the delivery is dead", lambda: stage.ledger.dead() and stage.ledger.is_settled(), stage.report)
    assert [entry.attempt for entry in stage.world.entries(HANDLER)] == [1, 2, 3]
    [dead] = json.loads(stage.manage("events", "dead", "--json", status=1))
    assert dead["handler"] == HANDLER
    stage.ledger.assert_balanced()
    stage.world.close("broken")
    stage.manage("events", "retry", "--handler", HANDLER)
    stage.settle()
    assert not stage.ledger.dead()
    assert employee["id"]
