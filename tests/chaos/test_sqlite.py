"""The smallest arrangement, one process on SQLite, killed under load."""

import threading
from collections.abc import Iterator
from functools import partial
from itertools import count

import httpx
import pytest

from tests.chaos.children import Server
from tests.chaos.stage import Stage, signed_in
from tests.chaos.waiting import eventually

pytestmark = [pytest.mark.chaos, pytest.mark.celery, pytest.mark.sqlite]


def test_a_server_killed_under_load_finishes_everything_when_it_is_back(small_stage: Stage, rounds: int) -> None:
    server = small_stage.server()
    server.wait_until_ready()
    answered: list[str] = []
    numbers = count()
    for _ in range(max(2, rounds // 4)):
        wanted = len(answered) + 15
        clients = [threading.Thread(target=_hire, args=(server, numbers, answered)) for _ in range(3)]
        for client in clients:
            client.start()
        eventually("requests are answered", partial(_has, answered, wanted), small_stage.report)
        server.kill()
        for client in clients:
            client.join()
        server = small_stage.server()
        server.wait_until_ready()
    small_stage.settle()
    employees = small_stage.ledger.number("SELECT count(*) FROM employees_employee")
    assert employees == len(small_stage.ledger.events("employees.employee_created"))
    assert employees >= len(answered), "what was answered for is there"


def _has(answered: list[str], wanted: int) -> bool:
    return len(answered) >= wanted


def _hire(server: Server, numbers: Iterator[int], answered: list[str]) -> None:
    """Create employees until the server is gone."""
    try:
        with signed_in(server) as api:
            [organization] = api.all("/organizations")
            while True:
                person = {"email": f"person-{next(numbers)}@chaos.example", "first_name": "Any", "last_name": "Body"}
                answered.append(api.post("/employees", organization_id=organization["id"], **person)["id"])
    except httpx.TransportError:
        return
