"""What a handler does wrong is its own affair, is on record, and is never taken for success."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from gauzy import eventbus as bus
from gauzy.eventbus import worker
from gauzy.eventbus.models import Delivery, Failure, KnownHandler, Receipt
from gauzy.eventbus.testing import connected, deliver_all
from tests.eventbus.events import Colour, ThingCreatedEvent, ThingUpdatedEvent

pytestmark = pytest.mark.django_db(transaction=True)

TAKEN = "bustests.taken"
UNSTORABLE = ["nul \x00 byte", "half \ud800 of a character"]


def publish(**fields: object) -> UUID:
    with transaction.atomic():
        return bus.publish(ThingCreatedEvent(thing_id=uuid4(), **fields))  # type: ignore[arg-type]  # free-form


def swallow() -> None:
    """Lose the transaction and go on, as the everyday way of passing by an `IntegrityError` does."""
    with suppress(IntegrityError):
        KnownHandler.objects.create(handler=TAKEN)


@pytest.fixture
def taken() -> None:
    KnownHandler.objects.create(handler=TAKEN)


@pytest.mark.usefixtures("taken")
def test_a_swallowed_database_error_is_a_failure_that_says_so() -> None:
    @bus.handles(ThingCreatedEvent, id="bustests.swallow")
    def handler(event: ThingCreatedEvent) -> None:
        KnownHandler.objects.create(handler="effect")
        swallow()

    with connected(handler):
        event_id = publish()
        worker.drain("bustests.swallow")
    assert not KnownHandler.objects.filter(handler="effect").exists()
    assert not Receipt.objects.filter(event_id=event_id).exists()
    failure = Failure.objects.get(event_id=event_id)
    assert failure.error_class == "EffectsLost"
    assert "inner transaction.atomic()" in failure.error_text
    assert Delivery.objects.get(event_id=event_id).lease_until is None


@pytest.mark.postgres
def test_so_is_an_error_of_the_drivers_own_cursor() -> None:
    @bus.handles(ThingCreatedEvent, id="bustests.raw")
    def handler(event: ThingCreatedEvent) -> None:
        with suppress(psycopg.errors.DivisionByZero):
            connection.connection.execute("SELECT 1 / 0")

    with connected(handler):
        event_id = publish()
        worker.drain("bustests.raw")
    assert Failure.objects.get(event_id=event_id).error_class == "EffectsLost"


@pytest.mark.usefixtures("taken")
def test_a_savepoint_around_the_cause_saves_the_rest() -> None:
    @bus.handles(ThingCreatedEvent, id="bustests.careful")
    def handler(event: ThingCreatedEvent) -> None:
        KnownHandler.objects.create(handler="effect")
        with suppress(IntegrityError), transaction.atomic():
            KnownHandler.objects.create(handler=TAKEN)

    with connected(handler):
        event_id = publish()
        worker.drain("bustests.careful")
    assert KnownHandler.objects.filter(handler="effect").exists()
    assert Receipt.objects.get(event_id=event_id).outcome == "done"


@pytest.mark.usefixtures("taken")
def test_of_a_batch_only_the_item_that_swallowed_fails() -> None:
    @bus.handles(ThingCreatedEvent, id="bustests.batch", batch=10)
    def handler(items: Sequence[bus.Delivered]) -> None:
        for item in items:
            assert isinstance(item.event, ThingCreatedEvent)
            if item.event.title == "bad":
                swallow()

    with connected(handler):
        bad, good = publish(title="bad"), publish(title="good")
        worker.drain("bustests.batch")
    assert Failure.objects.get().event_id == bad
    assert Receipt.objects.get().event_id == good


@pytest.mark.usefixtures("taken")
def test_an_external_handler_that_swallows_while_completing_is_not_done() -> None:
    @bus.handles(ThingCreatedEvent, id="bustests.outside", external=True)
    def handler(event: ThingCreatedEvent, meta: bus.Metadata) -> None:
        with meta.completing():
            swallow()

    with connected(handler):
        event_id = publish()
        worker.drain("bustests.outside")
    assert not Receipt.objects.filter(event_id=event_id).exists()
    assert Failure.objects.get(event_id=event_id).error_class == "EffectsLost"


@pytest.mark.parametrize("text", UNSTORABLE)
def test_an_error_that_no_database_can_hold_is_recorded_and_stops_nobody_else(text: str) -> None:
    @bus.handles(ThingCreatedEvent, id="bustests.babble")
    def handler(event: ThingCreatedEvent) -> None:
        if event.title == "bad":
            raise ValueError(text)

    with connected(handler):
        bad, good = publish(title="bad"), publish(title="good")
        worker.drain("bustests.babble")
    assert "\ufffd" in Failure.objects.get(event_id=bad).error_text
    assert Receipt.objects.get().event_id == good


@pytest.mark.parametrize("text", UNSTORABLE)
def test_nor_does_such_a_reason_for_skipping(text: str) -> None:
    @bus.handles(ThingCreatedEvent, id="bustests.pass_by")
    def handler(event: ThingCreatedEvent) -> None:
        raise bus.Skip(text)

    with connected(handler):
        event_id = publish()
        worker.drain("bustests.pass_by")
    assert "\ufffd" in Receipt.objects.get(event_id=event_id).reason


def test_an_error_that_cannot_be_printed_is_recorded_by_its_class() -> None:
    class Unprintable(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no words")

    @bus.handles(ThingCreatedEvent, id="bustests.mute")
    def handler(event: ThingCreatedEvent) -> None:
        raise Unprintable

    with connected(handler):
        event_id = publish()
        worker.drain("bustests.mute")
    assert Failure.objects.get(event_id=event_id).error_text.endswith("Unprintable")


def test_personal_values_are_masked_however_deep_they_lie() -> None:
    @bus.handles(ThingUpdatedEvent, id="bustests.tell")
    def handler(event: ThingUpdatedEvent) -> None:
        raise ValueError("was Grace Hopper, is Ada Lovelace")

    with connected(handler), transaction.atomic():
        event_id = bus.publish(
            ThingUpdatedEvent(thing_id=uuid4(), colour=Colour.RED, owners=("Grace Hopper", "Ada Lovelace"))
        )
    with connected(handler):
        worker.drain("bustests.tell")
    assert Failure.objects.get(event_id=event_id).error_text == "was [redacted], is [redacted]"


def test_an_error_after_completing_is_told_as_such(caplog: pytest.LogCaptureFixture) -> None:
    @bus.handles(ThingCreatedEvent, id="bustests.late", external=True)
    def handler(event: ThingCreatedEvent, meta: bus.Metadata) -> None:
        with meta.completing():
            pass
        raise ValueError("too late to matter")

    with connected(handler), caplog.at_level(logging.WARNING, "gauzy.eventbus.failing"):
        event_id = publish()
        worker.drain("bustests.late")
    assert Receipt.objects.get(event_id=event_id).outcome == "done"
    assert not Failure.objects.exists()
    assert "not ours any more" in caplog.text
    assert "again in" not in caplog.text


def test_a_batch_asks_the_condition_of_every_item() -> None:
    seen: list[str] = []
    published = False

    def is_wanted(event: ThingCreatedEvent) -> bool:
        if not published:
            raise RuntimeError("cannot say yet")
        return event.title != "bad"

    @bus.handles(ThingCreatedEvent, id="bustests.choosy", batch=10, when=is_wanted)
    def handler(items: Sequence[bus.Delivered]) -> None:
        seen.extend(item.event.title for item in items if isinstance(item.event, ThingCreatedEvent))

    with connected(handler):
        bad, _ = publish(title="bad"), publish(title="good")
        published = True
        worker.drain("bustests.choosy")
    assert seen == ["good"]
    assert Receipt.objects.get(event_id=bad).outcome == "skipped"


def test_an_empty_key_is_a_key_too() -> None:
    seen: list[str] = []

    @bus.handles(ThingCreatedEvent, id="bustests.by_title", ordered_by="title")
    def handler(event: ThingCreatedEvent) -> None:
        seen.append(event.title)

    with connected(handler):
        for title in ("", "x", ""):
            publish(title=title)
        for _ in range(3):
            worker.drain("bustests.by_title")
        deliver_all()
    assert sorted(seen) == ["", "", "x"]
    assert not Delivery.objects.exists()
