from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from django.apps import apps
from django.core import checks
from django.db import transaction

from gauzy import eventbus as bus
from gauzy.eventbus import exceptions
from gauzy.eventbus.event import Change, Event
from gauzy.eventbus.handler import marked
from gauzy.eventbus.ids import uuid7
from gauzy.eventbus.testing import connected
from tests.eventbus import events
from tests.eventbus.events import Colour, ThingCreatedEvent, ThingUpdatedEvent


@pytest.fixture
def nobody_else_listens() -> None:
    """Here the product's own handlers are looked at."""


def test_an_event_survives_storage_with_every_kind_of_field(acting: Any) -> None:
    event_type = bus.catalogue.event("bustests.thing_updated")
    event = ThingUpdatedEvent(
        thing_id=uuid4(),
        changes=(Change(field="rate", old=None, new="12.50"), Change(field="active", old=True, new=False)),
        colour=Colour.RED,
        price=Decimal("12.50"),
        seen_at=datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        tags=("a", "b"),
    )
    event_type.check(event)
    assert event_type.decoder.decode(msgspec.json.encode(event)) == event


@pytest.mark.parametrize(
    "fields",
    [
        {"changes": ({"field": "a"},)},
        {"changes": [Change(field="a", old=1, new=2)]},
        {"changes": (Change(field="a", old=1, new=object()),)},  # type: ignore[arg-type]  # the point
        {"colour": "red"},
        {"price": 1.5},
        {"seen_at": datetime(2026, 3, 29, 1, 30)},  # noqa: DTZ001  the point: no zone
        {"tags": ("a", 1)},
    ],
)
def test_a_wrong_value_in_any_kind_of_field_is_refused(fields: dict[str, Any]) -> None:
    event = ThingUpdatedEvent(thing_id=uuid4(), **fields)
    with pytest.raises(exceptions.InvalidEvent, match=next(iter(fields))):
        bus.catalogue.event("bustests.thing_updated").check(event)


def test_events_are_frozen() -> None:
    event = ThingCreatedEvent(thing_id=uuid4())
    with pytest.raises(AttributeError):
        event.title = "b"  # type: ignore[misc]  # the point


def test_a_field_that_could_not_be_decoded_later_is_refused_at_declaration() -> None:
    class OddEvent(Event):
        """Holds what no event may hold."""

        anything: dict[str, Any]

    with pytest.raises(exceptions.DeclarationError, match="anything cannot be stored"):
        bus.event("bustests.odd", subject="anything", action="created")(OddEvent)


def test_a_wire_name_belongs_to_one_class() -> None:
    class OtherEvent(Event):
        """Wants a name that is taken."""

        thing_id: UUID

    with pytest.raises(exceptions.DeclarationError, match="both use the name"):
        bus.event("bustests.thing_created", subject="thing_id", action="created")(OtherEvent)


def test_the_description_names_the_changed_fields() -> None:
    event_type = bus.catalogue.event("bustests.thing_updated")
    event = ThingUpdatedEvent(thing_id=uuid4(), changes=(Change(field="job_title", old="a", new="b"),))
    assert event_type.describe(event) == "Thing updated: job title"
    assert (event_type.entity_type, event_type.subject_of(event)) == ("thing", str(event.thing_id))


def test_a_handler_takes_its_id_from_its_app_and_function() -> None:
    def send_welcome_email(event: ThingCreatedEvent) -> None: ...

    send_welcome_email.__module__ = "tests.employees.handlers"
    handler = marked(bus.handles(ThingCreatedEvent)(send_welcome_email))
    assert handler is not None
    assert handler.id == "employees.send_welcome_email"


async def asynchronous(event: ThingCreatedEvent) -> None: ...
def without_arguments() -> None: ...
def with_three(event: ThingCreatedEvent, meta: bus.Metadata, more: int) -> None: ...
def generating(event: ThingCreatedEvent) -> Iterator[int]:
    yield 1


async def generating_later(event: ThingCreatedEvent) -> AsyncIterator[int]:
    yield 1


@transaction.atomic
def generating_inside(event: ThingCreatedEvent) -> Iterator[int]:
    yield 1


def with_a_default(event: ThingCreatedEvent, retries: int = 3) -> None: ...
def with_stars(event: ThingCreatedEvent, *more: object) -> None: ...
def with_double_stars(event: ThingCreatedEvent, **more: object) -> None: ...
def by_keyword(event: ThingCreatedEvent, *, meta: bus.Metadata) -> None: ...
def only_by_keyword(*, event: ThingCreatedEvent) -> None: ...
def turned_round(meta, event): ...  # type: ignore[no-untyped-def]  # the point
def turned_round_with_types(one: bus.Metadata, other: ThingCreatedEvent) -> None: ...
def of_a_number(event: int) -> None: ...
def of_another_event(event: ThingUpdatedEvent) -> None: ...
def with_other_metadata(event: ThingCreatedEvent, meta: str) -> None: ...
def of_one_delivery(delivery: bus.Delivered) -> None: ...
def of_events(events: Sequence[ThingCreatedEvent]) -> None: ...
def plain(event: ThingCreatedEvent) -> None: ...
def of_either(event: ThingCreatedEvent | ThingUpdatedEvent, info: bus.Metadata) -> None: ...
def of_any_event(event: bus.AnyEvent) -> None: ...
def of_unknown(event: "NowhereEvent") -> None: ...  # type: ignore[name-defined]  # noqa: F821  the point
def untyped(event): ...  # type: ignore[no-untyped-def]  # the point
def batched(deliveries: Sequence[bus.Delivered]) -> None: ...


@pytest.mark.parametrize(
    ("function", "options", "reason"),
    [
        (asynchronous, {}, "async def"),
        (without_arguments, {}, "must take"),
        (with_three, {}, "must take"),
        (generating, {}, "has `yield` in it"),
        (generating_later, {}, "has `yield` in it"),
        (generating_inside, {}, "has `yield` in it"),
        (with_a_default, {}, "without defaults"),
        (with_stars, {}, "without defaults and stars"),
        (with_double_stars, {}, "without defaults and stars"),
        (by_keyword, {}, "by position"),
        (only_by_keyword, {}, "by position"),
        (turned_round, {}, "'meta' comes first"),
        (turned_round_with_types, {}, "declares one as Metadata, but would be given ThingCreatedEvent"),
        (of_a_number, {}, "declares event as int"),
        (of_another_event, {}, "declares event as ThingUpdatedEvent"),
        (with_other_metadata, {}, "declares meta as str, but would be given Metadata"),
        (of_one_delivery, {"batch": 5}, "declares delivery as Delivered"),
        (of_events, {"batch": 5}, "declares events as"),
        (plain, {"when": asynchronous}, "no plain function"),
        (plain, {"run": bus.Run.AFTER_COMMIT, "external": True}, "excludes external"),
        (batched, {"batch": 5, "external": True}, "excludes batch"),
    ],
)
def test_a_handler_that_cannot_work_is_refused_with_the_reason(function: Any, options: Any, reason: str) -> None:
    with pytest.raises(exceptions.DeclarationError, match=reason):
        bus.handles(ThingCreatedEvent, **options)(function)


@pytest.mark.parametrize(
    ("function", "options"),
    [(plain, {}), (of_either, {}), (of_any_event, {}), (of_unknown, {}), (untyped, {}), (batched, {"batch": 5})],
)
def test_a_handler_whose_types_take_its_events_is_accepted(function: Any, options: Any) -> None:
    handler = marked(bus.handles(ThingCreatedEvent, **options)(function))
    assert handler is not None
    assert handler.wants_meta is (function is of_either)


def test_a_handler_of_every_event_must_take_those_without_a_tenant_too() -> None:
    def narrow(event: Event) -> None: ...

    with pytest.raises(exceptions.DeclarationError, match="would be given PlatformEvent"):
        bus.handles_every_event(targets=lambda event, meta: ["a"])(narrow)  # type: ignore[arg-type]  # the point


def test_connecting_after_start_up_is_refused() -> None:
    assert apps.ready
    with pytest.raises(exceptions.LateRegistration, match=r"AppConfig\.ready"):
        bus.connect(events)


def test_two_functions_cannot_share_an_id() -> None:
    @bus.handles(ThingCreatedEvent, id="bustests.same")
    def one(event: ThingCreatedEvent) -> None: ...

    @bus.handles(ThingCreatedEvent, id="bustests.same")
    def two(event: ThingCreatedEvent) -> None: ...

    with connected(one), pytest.raises(exceptions.DeclarationError, match="Two handlers"), connected(two):
        pass


def test_the_products_own_declarations_are_clean() -> None:
    mine = [m for m in checks.run_checks() if (m.id or "").startswith("eventbus.") and "tests." not in m.msg]
    assert mine == []


def test_ids_are_version_7_and_sort_by_time() -> None:
    ids = [uuid7() for _ in range(1000)]
    assert {made.version for made in ids} == {7}
    assert len(set(ids)) == 1000
    milliseconds = [made.int >> 80 for made in ids]
    assert milliseconds == sorted(milliseconds)
