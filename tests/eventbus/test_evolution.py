"""What may change in an event class while old rows are still owed; docs/event-changes.md is the table of these.

Each test writes a row with a class of before and reads it with a class of today.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, TypeVar
from uuid import UUID, uuid4

import msgspec
import pytest
from django.utils import timezone

from gauzy import eventbus as bus
from gauzy.eventbus.event import PERSONAL, AnyEvent, Change, Event
from gauzy.eventbus.execution import Result
from gauzy.eventbus.models import Delivery, Failure, StoredEvent
from gauzy.eventbus.testing import connected, deliver_all
from gauzy.eventbus.values import encode
from tests.eventbus.events import ThingCreatedEvent

E = TypeVar("E", bound=AnyEvent)
THING = uuid4()


class Before(Event):
    """As published by the release before."""

    thing_id: UUID
    title: str = "old"


def read(row: AnyEvent, cls: type[E]) -> E:
    """Decode a row as the bus does."""
    return msgspec.json.Decoder(cls).decode(encode(row))


def test_a_field_with_a_default_may_be_added() -> None:
    class Today(Event):
        thing_id: UUID
        title: str
        colour: str = "none"

    assert read(Before(thing_id=THING), Today).colour == "none"


def test_a_field_without_a_default_may_not_be_added() -> None:
    class Today(Event):
        thing_id: UUID
        colour: str

    with pytest.raises(msgspec.ValidationError, match="colour"):
        read(Before(thing_id=THING), Today)


def test_a_field_may_be_removed() -> None:
    class Today(Event):
        thing_id: UUID

    assert read(Before(thing_id=THING), Today) == Today(thing_id=THING)


def test_a_renamed_field_is_a_removed_and_an_added_one() -> None:
    class WithDefault(Event):
        thing_id: UUID
        name: str = ""

    class Without(Event):
        thing_id: UUID
        name: str

    assert read(Before(thing_id=THING, title="lost"), WithDefault).name == ""
    with pytest.raises(msgspec.ValidationError, match="name"):
        read(Before(thing_id=THING), Without)


def test_a_changed_default_leaves_written_values_alone() -> None:
    class Today(Event):
        thing_id: UUID
        title: str = "new"

    assert read(Before(thing_id=THING), Today).title == "old"


def test_a_field_may_become_optional() -> None:
    class Today(Event):
        thing_id: UUID
        title: str | None

    assert read(Before(thing_id=THING), Today).title == "old"


def test_an_optional_field_may_become_required_only_if_no_row_holds_null() -> None:
    class Optional(Event):
        title: str | None

    class Today(Event):
        title: str

    assert read(Optional(title="given"), Today).title == "given"
    with pytest.raises(msgspec.ValidationError, match="title"):
        read(Optional(title=None), Today)


def test_a_type_may_be_widened() -> None:
    class Narrow(Event):
        amount: int
        thing_id: UUID
        day: date

    class Today(Event):
        amount: float
        thing_id: str
        day: str

    row = read(Narrow(amount=5, thing_id=THING, day=date(2026, 3, 2)), Today)
    assert (row.amount, row.thing_id, row.day) == (5.0, str(THING), "2026-03-02")


def test_a_number_may_become_a_decimal() -> None:
    class Number(Event):
        price: float

    class Today(Event):
        price: Decimal

    assert read(Number(price=12.5), Today).price == Decimal("12.5")


def test_a_date_may_not_become_a_time() -> None:
    class Day(Event):
        at: date

    class Today(Event):
        at: datetime

    with pytest.raises(msgspec.ValidationError, match="at"):
        read(Day(at=date(2026, 3, 2)), Today)


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Coloured(Event):
    """As published by the release before."""

    colour: Colour


def test_an_enum_may_get_a_member() -> None:
    class MoreColours(StrEnum):
        RED = "red"
        BLUE = "blue"
        GREEN = "green"

    class Today(Event):
        colour: MoreColours

    assert read(Coloured(colour=Colour.BLUE), Today).colour is MoreColours.BLUE


def test_an_enum_may_not_lose_a_member_that_rows_hold() -> None:
    class FewerColours(StrEnum):
        RED = "red"

    class Today(Event):
        colour: FewerColours

    assert read(Coloured(colour=Colour.RED), Today).colour is FewerColours.RED
    with pytest.raises(msgspec.ValidationError, match="blue"):
        read(Coloured(colour=Colour.BLUE), Today)


def test_a_text_may_become_an_enum_only_if_every_row_holds_a_member() -> None:
    class Text(Event):
        colour: str

    assert read(Text(colour="red"), Coloured).colour is Colour.RED
    with pytest.raises(msgspec.ValidationError, match="pink"):
        read(Text(colour="pink"), Coloured)


def test_the_class_may_be_renamed_and_moved() -> None:
    """Rows hold the wire name, not the class."""

    class QuiteAnotherName(Event):
        thing_id: UUID
        title: str

    assert read(Before(thing_id=THING), QuiteAnotherName).thing_id == THING


def test_a_field_may_be_marked_personal() -> None:
    class Today(Event):
        thing_id: UUID
        title: Annotated[str, PERSONAL]

    assert read(Before(thing_id=THING), Today).title == "old"


def test_changes_hold_whatever_a_column_held() -> None:
    class Changed(Event):
        changes: tuple[Change, ...]

    row = Changed(changes=(Change(field="rate", old=None, new="12.50"), Change(field="active", old=1, new=False)))
    assert read(row, Changed) == row


@pytest.mark.django_db
def test_a_row_that_does_not_decode_is_dead_and_not_lost() -> None:
    @bus.handles(ThingCreatedEvent, id="bustests.reader")
    def reader(event: ThingCreatedEvent) -> None: ...

    with connected(reader):
        event_id = bus.publish(ThingCreatedEvent(thing_id=THING))
        StoredEvent.objects.filter(id=event_id).update(data={"title": "no thing_id"})
        deliver_all(expect_failures=True)
        delivery = Delivery.objects.get(event_id=event_id, handler="bustests.reader")
    assert delivery.dead_at is not None
    assert Failure.objects.get(event_id=event_id).kind == "undecodable"


@pytest.mark.django_db
@pytest.mark.parametrize("unknown", [{"version": 2}, {"name": "bustests.renamed_or_removed"}])
def test_what_this_release_does_not_know_waits_for_one_that_does(unknown: dict[str, object]) -> None:
    @bus.handles(ThingCreatedEvent, id="bustests.reader")
    def reader(event: ThingCreatedEvent) -> None: ...

    with connected(reader):
        event_id = bus.publish(ThingCreatedEvent(thing_id=THING))
        StoredEvent.objects.filter(id=event_id).update(**unknown)
        assert deliver_all()[Result.GIVEN_BACK] == 1
        delivery = Delivery.objects.get(event_id=event_id, handler="bustests.reader")
    assert (delivery.attempts, delivery.dead_at) == (0, None)
    assert timedelta(0) < delivery.due - timezone.now() <= timedelta(seconds=60)
    assert delivery.reason.startswith("not understood by this release")
