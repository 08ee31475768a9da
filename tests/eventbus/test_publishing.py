import contextlib
import json
import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries, Settings

from gauzy import context
from gauzy import eventbus as bus
from gauzy.eventbus import Change, exceptions
from gauzy.eventbus.models import Delivery, Failure, Receipt, StoredEvent
from gauzy.eventbus.testing import assert_published, connected, deliver_all, recorded_events
from tests.eventbus.events import ClockTickedEvent, MeasureTakenEvent, ThingCreatedEvent
from tests.eventbus.support import undone

pytestmark = pytest.mark.django_db


@bus.handles(ThingCreatedEvent, id="bustests.first")
def first(event: ThingCreatedEvent) -> None: ...


@bus.handles(ThingCreatedEvent, id="bustests.second", external=True, queue="mail")
def second(event: ThingCreatedEvent, meta: bus.Metadata) -> None: ...


@bus.handles(ThingCreatedEvent, id="bustests.picky", when=lambda event: event.title == "gold")
def picky(event: ThingCreatedEvent) -> None: ...


@bus.handles(ThingCreatedEvent, id="bustests.confused", when=lambda event: 1 / 0 > 0)
def confused(event: ThingCreatedEvent) -> None: ...


def owed_to(event_id: UUID) -> set[str]:
    return set(
        Delivery.objects.filter(event_id=event_id, handler__startswith="bustests.").values_list("handler", flat=True)
    )


def test_an_event_is_stored_with_one_delivery_per_handler(acting: context.Context) -> None:
    thing = uuid4()
    with connected(first, second):
        event_id = bus.publish(ThingCreatedEvent(thing_id=thing, title="a"))
    row = StoredEvent.objects.get(id=event_id)
    assert (row.name, row.subject_type, row.subject_id) == ("bustests.thing_created", "thing", str(thing))
    assert (row.tenant_id, row.actor_label, row.correlation_id) == (
        acting.tenant_id,
        "Ada Lovelace",
        acting.correlation_id,
    )
    assert row.data["title"] == "a"
    assert owed_to(event_id) == {"bustests.first", "bustests.second"}


def test_publishing_without_context_is_refused() -> None:
    with context.use(None), pytest.raises(context.MissingContext):
        bus.publish(ThingCreatedEvent(thing_id=uuid4()))


def test_the_work_of_one_tenant_cannot_tell_of_another() -> None:
    other = uuid4()
    for event in (ThingCreatedEvent(tenant_id=other, thing_id=uuid4()), ClockTickedEvent(tenant_id=None, clock_id="c")):
        with pytest.raises(exceptions.InvalidEvent, match="within_tenant"):
            bus.publish(event)
    with context.within_tenant(None):
        event_id = bus.publish(ThingCreatedEvent(tenant_id=other, thing_id=uuid4()))
    assert StoredEvent.objects.get(id=event_id).tenant_id == other


def test_a_platform_event_needs_no_tenant() -> None:
    with context.acting(tenant_id=None, actor=context.Actor(context.ActorKind.SCHEDULE, "clock")):
        event_id = bus.publish(ClockTickedEvent(clock_id="c"))
    assert StoredEvent.objects.get(id=event_id).tenant_id is None


def test_a_false_condition_owes_nothing_and_a_raising_one_counts_as_owed() -> None:
    with connected(picky, confused):
        event_id = bus.publish(ThingCreatedEvent(thing_id=uuid4(), title="tin"))
    assert owed_to(event_id) == {"bustests.confused"}


def broken_sql() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT no_such_column")
    return True


def broken_row() -> bool:
    StoredEvent(name="x").save()
    return True


def swallowed_row() -> bool:
    with contextlib.suppress(exceptions.ImpureCondition):
        return broken_row()
    return True


@pytest.mark.parametrize("query", [broken_sql, broken_row, swallowed_row, StoredEvent.objects.exists])
def test_a_condition_that_queries_does_not_hurt_the_publisher(query: Callable[[], bool]) -> None:
    @bus.handles(ThingCreatedEvent, id="bustests.impure", when=lambda event: query() or True)
    def impure(event: ThingCreatedEvent) -> None: ...

    with connected(impure), transaction.atomic():
        event_id = bus.publish(ThingCreatedEvent(thing_id=uuid4()))
    assert owed_to(event_id) == {"bustests.impure"}


def test_the_worker_names_the_query_of_a_condition() -> None:
    @bus.handles(ThingCreatedEvent, id="bustests.impure", when=lambda event: broken_sql(), retries=[])
    def impure(event: ThingCreatedEvent) -> None: ...

    with connected(impure):
        bus.publish(ThingCreatedEvent(thing_id=uuid4()))
        deliver_all(expect_failures=True)
    failure = Failure.objects.get(handler="bustests.impure")
    assert failure.error_class == "ImpureCondition"
    assert "SELECT no_such_column" in failure.error_text


@pytest.mark.parametrize(
    "fields",
    [{"thing_id": "no-uuid"}, {"thing_id": None}, {"title": 7}, {"title": "x" * 4001}, {"owner": b"bytes"}],
)
def test_a_value_of_another_type_is_refused_with_the_fields_name(fields: dict[str, object]) -> None:
    event = ThingCreatedEvent(**({"thing_id": uuid4()} | fields))  # type: ignore[arg-type]  # the point
    with pytest.raises(exceptions.InvalidEvent, match=next(iter(fields))):
        bus.publish(event)
    assert not StoredEvent.objects.exists()


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"value": float("nan")}, "value"),
        ({"value": float("inf")}, "value"),
        ({"price": Decimal("NaN")}, "price"),
        ({"price": Decimal("-Infinity")}, "price"),
        ({"values": (1.0, float("inf"))}, "values[1]"),
        ({"prices": (Decimal("sNaN"),)}, "prices[0]"),
        ({"times": (datetime(2026, 3, 2),)}, "times[0]"),  # noqa: DTZ001  the point
        ({"rows": ((1,), [2])}, "rows[1]"),
        ({"label": "a\0b"}, "label"),
        ({"label": "a\ud800b"}, "label"),
        ({"changes": (Change(field="a", old=1, new=float("nan")),)}, "changes[0].new"),
        ({"changes": (Change(field="a", old="\0", new=1),)}, "changes[0].old"),
        ({"changes": (Change(field="\udfff", old="a", new=1),)}, "changes[0].field"),
    ],
)
def test_a_value_that_cannot_be_stored_is_refused_with_its_path(fields: dict[str, Any], path: str) -> None:
    with pytest.raises(exceptions.InvalidEvent, match=re.escape(f"MeasureTakenEvent.{path} ")):
        bus.publish(MeasureTakenEvent(measure_id=uuid4(), **fields))
    assert not StoredEvent.objects.exists()


def test_a_text_that_only_speaks_of_a_nul_is_stored() -> None:
    event_id = bus.publish(ThingCreatedEvent(thing_id=uuid4(), title=r"\u0000"))
    assert StoredEvent.objects.get(id=event_id).data["title"] == r"\u0000"


@pytest.mark.parametrize("key", ["k" * 300, "a\0b", "a\ud800"])
def test_a_dedup_key_that_cannot_be_stored_is_refused(key: str) -> None:
    with pytest.raises(exceptions.InvalidEvent, match="dedup_key of ThingCreatedEvent"):
        bus.publish(ThingCreatedEvent(thing_id=uuid4()), dedup_key=key)


def test_an_oversized_event_is_refused(settings: Settings) -> None:
    settings.EVENTBUS = settings.EVENTBUS | {"MAX_EVENT_BYTES": 200}
    with pytest.raises(exceptions.InvalidEvent, match="carry ids instead"):
        bus.publish(ThingCreatedEvent(thing_id=uuid4(), title="x" * 300))


def test_history_skips_external_handlers_with_that_reason() -> None:
    with connected(first, second):
        event_id = bus.publish(ThingCreatedEvent(thing_id=uuid4()), history=True)
    assert owed_to(event_id) == {"bustests.first"}
    receipt = Receipt.objects.get(event_id=event_id, handler="bustests.second")
    assert (receipt.outcome, receipt.reason) == ("skipped", "history")


def test_a_dedup_key_answers_with_the_first_events_id() -> None:
    with connected(first):
        ids = {bus.publish(ThingCreatedEvent(thing_id=uuid4()), dedup_key="github:1") for _ in range(3)}
        other_key = bus.publish(ThingCreatedEvent(thing_id=uuid4()), dedup_key="github:2")
        with context.within_tenant(uuid4()):
            other_tenant = bus.publish(ThingCreatedEvent(thing_id=uuid4()), dedup_key="github:1")
    assert len(ids) == 1
    assert len(ids | {other_key, other_tenant}) == 3
    assert Delivery.objects.filter(handler="bustests.first").count() == 3


def test_publish_many_keeps_order_and_owes_each() -> None:
    things = [uuid4() for _ in range(50)]
    with connected(first), recorded_events() as events:
        ids = bus.publish_many([ThingCreatedEvent(thing_id=thing) for thing in things])
    assert [event.thing_id for event in events.of(ThingCreatedEvent)] == things
    assert Delivery.objects.filter(handler="bustests.first", event_id__in=ids).count() == 50
    assert bus.publish_many([]) == []


def test_publish_many_stores_any_text_and_owes_each_event_to_its_own_handlers() -> None:
    texts = ['"', "\\", "{a,b}", "NULL", "", " ", "é\n", "'", "%s"]
    with connected(first, second):
        ids = bus.publish_many(
            [
                *(ClockTickedEvent(clock_id=text) for text in texts),
                *(ThingCreatedEvent(thing_id=uuid4(), title=text) for text in texts),
            ]
        )
    stored = StoredEvent.objects.in_bulk(ids)
    assert [stored[event_id].subject_id for event_id in ids[: len(texts)]] == texts
    assert [stored[event_id].data["title"] for event_id in ids[len(texts) :]] == texts
    owed = set(Delivery.objects.filter(event_id__in=ids).values_list("event_id", "handler"))
    assert owed == {(event_id, f"bustests.{name}") for event_id in ids[len(texts) :] for name in ("first", "second")}


def test_publishing_takes_one_statement_on_postgresql(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite takes several statements in one transaction, as documented")
    with connected(first, second):
        with django_assert_num_queries(1):
            bus.publish(ThingCreatedEvent(thing_id=uuid4()))
        with django_assert_num_queries(1):
            bus.publish_many([ThingCreatedEvent(thing_id=uuid4()) for _ in range(100)])


def test_recorded_events_leaves_out_what_was_rolled_back() -> None:
    with recorded_events() as events:
        bus.publish(ThingCreatedEvent(thing_id=uuid4(), title="kept"))
        with undone():
            bus.publish(ThingCreatedEvent(thing_id=uuid4(), title="lost"))
    assert [event.title for event in events.of(ThingCreatedEvent)] == ["kept"]


def test_assert_published_says_what_there_is() -> None:
    thing = uuid4()
    bus.publish(ThingCreatedEvent(thing_id=thing, title="a"))
    assert assert_published(ThingCreatedEvent, thing_id=thing).title == "a"
    with pytest.raises(AssertionError, match="No ThingCreatedEvent"):
        assert_published(ThingCreatedEvent, title="b")


def test_the_payload_is_plain_json_of_the_declared_fields(acting: context.Context) -> None:
    thing = uuid4()
    event_id = bus.publish(ThingCreatedEvent(thing_id=thing, title="é"))
    data = StoredEvent.objects.get(id=event_id).data
    assert json.loads(json.dumps(data)) == {
        "tenant_id": str(acting.tenant_id),
        "thing_id": str(thing),
        "title": "é",
        "owner": "",
    }


@pytest.mark.django_db(transaction=True)
def test_publishing_outside_a_transaction_is_refused() -> None:
    with pytest.raises(exceptions.NotInTransaction, match=r"inside transaction\.atomic"):
        bus.publish(ThingCreatedEvent(thing_id=uuid4()))


@pytest.mark.django_db(transaction=True)
def test_a_plain_receiver_hears_of_an_event_after_its_commit_and_cannot_hurt_the_publisher() -> None:
    heard = []

    def receiver(sender: type, event: ThingCreatedEvent, event_id: UUID, **_: object) -> None:
        heard.append((sender, event.title, StoredEvent.objects.filter(id=event_id).exists()))
        raise RuntimeError("a receiver's own trouble")

    bus.committed.connect(receiver, sender=ThingCreatedEvent)
    try:
        with transaction.atomic():
            bus.publish(ThingCreatedEvent(thing_id=uuid4(), title="a"))
            assert heard == []
        assert heard == [(ThingCreatedEvent, "a", True)]
    finally:
        bus.committed.disconnect(receiver, sender=ThingCreatedEvent)


def test_a_subject_longer_than_an_id_is_refused_before_the_database_sees_it() -> None:
    with transaction.atomic(), pytest.raises(exceptions.InvalidEvent, match="clock_id"):
        bus.publish(ClockTickedEvent(clock_id="x" * 61))
