"""Practices that docs/practices.md lists and no other test holds."""

from datetime import date
from typing import get_type_hints
from uuid import UUID, uuid4

import pytest

from employees.services import end_employee, update_employee
from gauzy import eventbus as bus
from gauzy.context import acting
from gauzy.eventbus import Event, catalogue
from gauzy.eventbus.execution import Result
from gauzy.eventbus.testing import connected, deliver_all
from tests.eventbus.events import ThingCreatedEvent, ThingUpdatedEvent
from tests.factories.people import acting_for, found_company, hire
from tests.factories.platform import SYSTEM

# Names that Ever Gauzy's documentation gives.
GIVEN = {"integrations.github_webhook", "integrations.integration_sync", "integrations.upwork_sync"}
MINE = [known for known in catalogue.events if not known.app.startswith("tests")]


@pytest.mark.parametrize("known", MINE, ids=lambda known: known.name)
def test_every_event_carries_its_tenant(known: bus.EventType) -> None:
    assert get_type_hints(known.cls)["tenant_id"] in {UUID, UUID | None}


@pytest.mark.parametrize("known", MINE, ids=lambda known: known.name)
def test_event_names_say_what_happened(known: bus.EventType) -> None:
    """The last word is a past participle: created, ended, sent."""
    last_word = known.name.rpartition("_")[2]
    assert last_word.endswith("ed") or last_word in {"sent", "paid", "set", "withdrawn"} or known.name in GIVEN


@pytest.mark.django_db
def test_publishing_answers_with_an_id_before_any_handler_ran() -> None:
    ran: list[UUID] = []

    @bus.handles(ThingCreatedEvent, id="docs.answering")
    def answering(event: ThingCreatedEvent) -> None:
        ran.append(event.thing_id)

    with connected(answering), acting(tenant_id=uuid4(), actor=SYSTEM):
        answer = bus.publish(ThingCreatedEvent(thing_id=uuid4()))
        assert isinstance(answer, UUID)
        assert ran == []
        deliver_all()
    assert len(ran) == 1


@pytest.mark.django_db
def test_one_handler_may_take_several_events() -> None:
    heard: list[type[Event]] = []

    @bus.handles(ThingCreatedEvent, ThingUpdatedEvent, id="docs.both")
    def both(event: Event) -> None:
        heard.append(type(event))

    with connected(both), acting(tenant_id=uuid4(), actor=SYSTEM):
        bus.publish(ThingCreatedEvent(thing_id=uuid4()))
        bus.publish(ThingUpdatedEvent(thing_id=uuid4()))
        deliver_all()
    assert set(heard) == {ThingCreatedEvent, ThingUpdatedEvent}


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(5))
def test_the_products_handlers_do_not_need_an_order(seed: int) -> None:
    company = found_company()
    employee = hire(company, start_date=date(2026, 3, 2))
    with acting_for(company):
        update_employee(employee_id=employee.id, values={"job_title": "Engineer"})
        end_employee(employee_id=employee.id)
    results = deliver_all(shuffle=seed)
    assert results.keys() <= {Result.DONE, Result.SKIPPED, Result.GONE}
