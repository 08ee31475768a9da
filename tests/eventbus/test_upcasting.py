"""Rows of earlier versions are read by today's class, through the upcasters since then."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID, uuid4

import pytest
from django.core import checks

from gauzy import eventbus as bus
from gauzy.eventbus import PERSONAL, Action, Event, catalogue, event
from gauzy.eventbus.exceptions import DeclarationError
from gauzy.eventbus.models import Delivery, Failure, StoredEvent
from gauzy.eventbus.testing import connected, deliver_all
from gauzy.eventbus.values import encode

NAME = "bustests.thing_grown"
THING = uuid4()


def _titled(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "title": fields["name"]}


def _in_words(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "words": fields["title"].split()}


@event(NAME, subject="thing_id", action=Action.UPDATED, version=3, upcasts=[_titled, _in_words])
class ThingGrownEvent(Event):
    """A thing grew; in version 1 it had a name, in version 2 a title."""

    thing_id: UUID
    words: Annotated[tuple[str, ...], PERSONAL]


@event("bustests.thing_shrunk", subject="thing_id", action=Action.UPDATED, deprecated="Use ThingGrownEvent.")
class ThingShrunkEvent(Event):
    """A thing shrank."""

    thing_id: UUID


VERSIONS: list[tuple[int, dict[str, Any]]] = [
    (1, {"name": "Ada Lovelace"}),
    (2, {"title": "Ada Lovelace"}),
    (3, {"words": ["Ada", "Lovelace"]}),
]


def store(version: int, fields: dict[str, Any]) -> UUID:
    """Publish an event, and make its row what an earlier release wrote."""
    event_id = bus.publish(ThingGrownEvent(thing_id=THING, words=()))
    row = StoredEvent.objects.get(id=event_id)
    stored = {"tenant_id": row.data["tenant_id"], "thing_id": str(THING)} | fields
    StoredEvent.objects.filter(id=event_id).update(version=version, data=stored)
    return event_id


@pytest.mark.django_db
@pytest.mark.parametrize(("version", "fields"), VERSIONS)
def test_old_rows_reach_handlers_through_the_chain_of_upcasters(version: int, fields: dict[str, Any]) -> None:
    read: list[tuple[tuple[str, ...], int]] = []

    @bus.handles(ThingGrownEvent, id="bustests.grow")
    def grow(event: ThingGrownEvent, meta: bus.Metadata) -> None:
        read.append((event.words, meta.version))

    with connected(grow):
        store(version, fields)
        deliver_all()
    assert read == [(("Ada", "Lovelace"), version)]


@pytest.mark.django_db
def test_a_batch_may_hold_rows_of_several_versions() -> None:
    read: list[tuple[str, ...]] = []

    @bus.handles(ThingGrownEvent, id="bustests.grow", batch=10)
    def grow(deliveries: Sequence[bus.Delivered]) -> None:
        read.extend(one.event.words for one in deliveries if isinstance(one.event, ThingGrownEvent))

    with connected(grow):
        for version, fields in VERSIONS:
            store(version, fields)
        deliver_all()
    assert read == [("Ada", "Lovelace")] * 3


@pytest.mark.django_db
def test_a_row_that_an_upcaster_cannot_read_is_dead_and_says_which() -> None:
    @bus.handles(ThingGrownEvent, id="bustests.grow")
    def grow(event: ThingGrownEvent) -> None: ...

    with connected(grow):
        event_id = store(1, {})
        deliver_all(expect_failures=True)
        assert Delivery.objects.get(event_id=event_id, handler="bustests.grow").dead_at is not None
    failure = Failure.objects.get(event_id=event_id)
    assert failure.kind == "undecodable"
    assert "upcasting from version 1: KeyError" in failure.error_text


@pytest.mark.django_db
def test_failures_hide_what_fields_of_earlier_versions_hold() -> None:
    """Nobody knows any more whether such a field was personal."""

    @bus.handles(ThingGrownEvent, id="bustests.grow")
    def grow(event: ThingGrownEvent) -> None:
        raise bus.Permanent(f"nothing for {' '.join(event.words)}")

    with connected(grow):
        event_id = store(1, {"name": "Ada Lovelace"})
        deliver_all(expect_failures=True)
    failure = Failure.objects.get(event_id=event_id)
    assert failure.error_text == "nothing for [redacted]"
    assert "Lovelace" not in failure.traceback


def test_a_chain_of_upcasters_has_no_gaps() -> None:
    with pytest.raises(DeclarationError, match="version 3 needs 2 upcasters"):

        @event("bustests.gap_found", subject="gap_id", action=Action.CREATED, version=3, upcasts=[_titled])
        class GapFoundEvent(Event):
            """Never declared."""

            gap_id: UUID


def test_without_upcasters_the_class_reads_rows_of_every_version() -> None:
    row = ThingShrunkEvent(thing_id=THING, tenant_id=uuid4())
    assert catalogue.event("bustests.thing_shrunk").decode(encode(row), 0) == row


def test_who_handles_a_deprecated_event_is_told() -> None:
    @bus.handles(ThingShrunkEvent, id="bustests.shrink")
    def shrink(event: ThingShrunkEvent) -> None: ...

    with connected(shrink):
        [told] = [message for message in checks.run_checks() if message.id == "eventbus.I012"]
    assert told.msg == "bustests.shrink handles ThingShrunkEvent, which is deprecated."
    assert told.hint == "Use ThingGrownEvent."
