import json
import logging
from uuid import uuid4

import pytest
from django.test import Client

from gauzy import context
from gauzy.context import Actor
from gauzy.eventbus.ids import uuid7
from gauzy.rest.logs import ContextFilter, JsonFormatter


def _written(record: logging.LogRecord) -> dict[str, object]:
    ContextFilter().filter(record)
    told: dict[str, object] = json.loads(JsonFormatter().format(record))
    return told


def _record(message: str, *arguments: object) -> logging.LogRecord:
    return logging.LogRecord("gauzy.tests", logging.INFO, __file__, 1, message, arguments, None)


def test_a_line_names_the_work_in_hand_and_no_person(actor: Actor) -> None:
    tenant_id, correlation_id = uuid4(), uuid4()
    with context.acting(tenant_id=tenant_id, actor=actor, correlation_id=correlation_id):
        told = _written(_record("%s of %s", 1, 2))
    assert told["message"] == "1 of 2"
    assert told["tenant_id"] == str(tenant_id)
    assert told["correlation_id"] == str(correlation_id)
    assert told["actor_id"] == str(actor.id)
    assert actor.label not in json.dumps(told)


def test_inside_a_handler_it_names_event_and_handler(actor: Actor) -> None:
    acting = context.Context(None, actor, uuid4(), causation_id=uuid7(), handler="mail.send")
    with context.use(acting):
        told = _written(_record("sent"))
    assert (told["event_id"], told["handler"]) == (str(acting.causation_id), "mail.send")


def test_a_line_outside_any_work_is_a_line_too() -> None:
    told = _written(_record("starting"))
    assert set(told) == {"time", "level", "logger", "message"}


def test_an_exception_stays_on_its_line() -> None:
    try:
        raise ValueError("broken")
    except ValueError as error:
        record = _record("failed")
        record.exc_info = (type(error), error, error.__traceback__)
    assert "ValueError: broken" in str(_written(record)["exception"])


@pytest.mark.django_db
def test_a_request_leaves_a_line_without_ids_and_tokens(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="gauzy.request"):
        client.get(f"/api/v1/employees/{uuid4()}?secret=1")
    [record] = [record for record in caplog.records if record.name == "gauzy.request"]
    told = _written(record)
    assert (told["method"], told["status"]) == ("GET", 401)
    assert told["route"] == "/api/v1/employees/<uuid:employee_id>"
    assert "secret" not in json.dumps(told)


@pytest.mark.django_db
def test_a_path_that_leads_nowhere_is_no_route_of_its_own(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="gauzy.request"):
        client.get("/nowhere/at/all")
    [record] = [record for record in caplog.records if record.name == "gauzy.request"]
    assert (vars(record)["route"], vars(record)["status"]) == ("/^.*", 404)
