import logging
from collections.abc import Iterable
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from gauzy import context
from gauzy import eventbus as bus
from gauzy.eventbus import worker
from gauzy.eventbus.exceptions import DeclarationError
from gauzy.eventbus.models import Delivery, Receipt
from gauzy.eventbus.testing import connected, deliver_all
from tests.eventbus.events import ThingCreatedEvent, ThingUpdatedEvent

pytestmark = pytest.mark.django_db(transaction=True)

endpoints: list[str] = []
called: list[tuple[str, str]] = []


@pytest.fixture(autouse=True)
def two_endpoints() -> None:
    endpoints[:] = ["one", "two"]
    called.clear()


def subscribed(event: bus.AnyEvent, meta: bus.Metadata) -> Iterable[str]:
    assert context.tenant_id() == meta.tenant_id
    return endpoints


@bus.handles_every_event(targets=subscribed, external=True, queue="mail", retries=[], id="bustests.call")
def call(event: bus.AnyEvent, meta: bus.Metadata) -> None:
    if meta.target == "dead":
        raise ConnectionError("away")
    called.append((meta.target, meta.idempotency_key))


def publish() -> UUID:
    with transaction.atomic():
        return bus.publish(ThingCreatedEvent(thing_id=uuid4()))


def test_each_target_has_a_delivery_and_a_key_of_its_own() -> None:
    with connected(call):
        event_id = publish()
        assert [row.target for row in Delivery.objects.filter(handler="bustests.call")] == [""], "nothing was asked yet"
        deliver_all()
    assert sorted(called) == [
        ("one", f"{event_id}:bustests.call:one"),
        ("two", f"{event_id}:bustests.call:two"),
    ]
    targets = Receipt.objects.filter(event_id=event_id, handler="bustests.call").values_list("target", "outcome")
    assert sorted(targets) == [("", "done"), ("one", "done"), ("two", "done")]


def test_a_dead_target_does_not_make_its_neighbours_repeat() -> None:
    endpoints.append("dead")
    with connected(call):
        event_id = publish()
        worker.drain("bustests.call")
        worker.drain("bustests.call")
    assert sorted(target for target, key in called if key.startswith(str(event_id))) == ["one", "two"]
    assert Delivery.objects.get(event_id=event_id, handler="bustests.call").target == "dead"


def test_an_event_that_nobody_asked_for_says_so_and_not_loudly(caplog: pytest.LogCaptureFixture) -> None:
    endpoints.clear()
    with connected(call), caplog.at_level(logging.DEBUG, "gauzy.eventbus.execution"):
        event_id = publish()
        deliver_all()
    assert [record.levelname for record in caplog.records if record.name == "gauzy.eventbus.execution"] == ["DEBUG"]
    receipt = Receipt.objects.get(event_id=event_id, handler="bustests.call")
    assert (receipt.outcome, receipt.reason) == ("skipped", "no target")


def test_targets_may_belong_to_a_handler_of_some_events() -> None:
    @bus.handles(ThingCreatedEvent, targets=lambda event, meta: [event.title], id="bustests.titles")
    def titles(event: ThingCreatedEvent, meta: bus.Metadata) -> None:
        bus.publish(ThingUpdatedEvent(thing_id=event.thing_id, tags=(meta.target,)))

    with connected(titles), transaction.atomic():
        event_id = bus.publish(ThingCreatedEvent(thing_id=uuid4(), title="t"))
        deliver_all()
    assert Receipt.objects.filter(event_id=event_id, handler="bustests.titles").count() == 2


def test_withdrawing_takes_every_target_back() -> None:
    with connected(call):
        event_id = publish()
        [expander] = Delivery.objects.filter(handler="bustests.call")
        assert expander.target == ""
        with transaction.atomic():
            assert bus.withdraw(event_id, "bustests.call")
        deliver_all()
    assert called == []


def test_targets_exclude_batches() -> None:
    with pytest.raises(DeclarationError):

        @bus.handles(ThingCreatedEvent, batch=5, targets=subscribed, id="bustests.refused")  # type: ignore[call-overload, untyped-decorator]
        def refused(deliveries: object) -> None: ...
