"""Faults of the machines below, as far as they can be made in one process; the others are in tests/chaos."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import OperationalError, connection, connections, transaction
from django.utils import timezone
from pytest_django import Settings

from gauzy import context
from gauzy import eventbus as bus
from gauzy.eventbus import worker
from gauzy.eventbus.events import DeliveryDiedEvent
from gauzy.eventbus.execution import Result, run_one
from gauzy.eventbus.handler import Handler
from gauzy.eventbus.models import Delivery, Failure, Receipt, StoredEvent
from gauzy.eventbus.stores import store
from gauzy.eventbus.testing import connected, deliver_all
from gauzy.eventops import feed
from tests.eventbus.events import ClockTickedEvent, ThingCreatedEvent, ThingUpdatedEvent

pytestmark = pytest.mark.django_db(transaction=True)

T = TypeVar("T")
ECHO = "bustests.echo"


@bus.handles(ThingCreatedEvent, id=ECHO)
def echo(event: ThingCreatedEvent) -> None:
    """Its effect is a row of its own."""
    bus.publish(ThingUpdatedEvent(thing_id=event.thing_id))


def publish(title: str = "") -> UUID:
    with transaction.atomic():
        return bus.publish(ThingCreatedEvent(thing_id=uuid4(), title=title))


def effects() -> int:
    return StoredEvent.objects.filter(name="bustests.thing_updated").count()


def handler_of(name: str) -> Handler:
    found = bus.catalogue.find_handler(name)
    assert found is not None
    return found


def elsewhere(work: Callable[[], T]) -> T:
    """Do something over another connection, and wait for it."""
    done: list[T] = []

    def run() -> None:
        done.append(work())
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return done[0]


def test_a_claim_that_a_failover_lost_is_made_anew_and_its_holder_has_no_effects() -> None:
    with connected(echo):
        publish()
        [lost] = store().claim(ECHO, limit=1, lease=30)
        Delivery.objects.update(lease_until=None, lease_token=None, attempts=0)  # as the new primary has it
        assert worker.drain(ECHO) == 1
        assert run_one(handler_of(ECHO), lost) is Result.GONE
    assert effects() == 1


@pytest.mark.postgres
def test_a_connection_cut_before_the_commit_undoes_all_and_the_delivery_is_run_again() -> None:
    attempts: list[int] = []

    @bus.handles(ThingCreatedEvent, id="bustests.cut")
    def cut(event: ThingCreatedEvent, meta: bus.Metadata) -> None:
        echo(event)
        attempts.append(meta.attempt)
        if meta.attempt == 1:
            pid = connection.connection.info.backend_pid
            elsewhere(lambda: connection.cursor().execute("SELECT pg_terminate_backend(%s)", [pid]))

    with connected(cut):
        publish()
        worker.drain("bustests.cut")
        assert (effects(), Receipt.objects.count(), Delivery.objects.count()) == (0, 0, 1)
        Delivery.objects.update(due=timezone.now() - timedelta(seconds=1))
        worker.drain("bustests.cut")
    assert (effects(), attempts) == (1, [1, 2])


def test_a_connection_lost_after_the_commit_leaves_the_delivery_done() -> None:
    """The worker hears of an error, and not that the commit succeeded: the rows decide."""

    def lose() -> None:
        raise OperationalError("server closed the connection unexpectedly")

    @bus.handles(ThingCreatedEvent, id="bustests.unheard")
    def unheard(event: ThingCreatedEvent) -> None:
        echo(event)
        transaction.on_commit(lose)

    with connected(unheard):
        publish()
        worker.drain("bustests.unheard")
        assert worker.drain("bustests.unheard") == 0
    assert (effects(), Receipt.objects.get().outcome, Failure.objects.count()) == (1, "done", 0)


@pytest.mark.postgres
def test_a_handler_on_the_database_may_outlive_its_lease(settings: Settings) -> None:
    settings.EVENTBUS = settings.EVENTBUS | {"LEASE": 0.01}
    taken: list[object] = []

    @bus.handles(ThingCreatedEvent, id="bustests.long")
    def long(event: ThingCreatedEvent) -> None:
        threading.Event().wait(0.05)  # the work itself
        taken.append(elsewhere(lambda: store().claim_suspect("bustests.long", lease=30)))
        taken.extend(elsewhere(lambda: store().claim("bustests.long", limit=1, lease=30)))
        echo(event)

    with connected(long):
        publish()
        worker.drain("bustests.long")
    assert (taken, effects()) == ([None], 1)


@pytest.mark.postgres
def test_a_deadlock_is_tried_again_at_once_within_the_same_attempt() -> None:
    runs: list[int] = []

    @bus.handles(ThingCreatedEvent, id="bustests.unlucky")
    def unlucky(event: ThingCreatedEvent) -> None:
        echo(event)
        runs.append(1)
        if len(runs) < 3:
            connection.cursor().execute("DO $$ BEGIN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END $$")

    with connected(unlucky):
        publish()
        worker.drain("bustests.unlucky")
    assert (len(runs), effects(), Receipt.objects.get().attempts) == (3, 1, 1)


@pytest.mark.postgres  # SQLite is in this process: there is no other clock
def test_a_process_whose_clock_is_wrong_takes_nothing_early_and_nobodys_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    @bus.handles(ThingCreatedEvent, id="bustests.later", after=timedelta(hours=1))
    def later(event: ThingCreatedEvent) -> None: ...

    with connected(echo, later):
        publish()
        store().claim(ECHO, limit=1, lease=30)
        ahead = timezone.now() + timedelta(hours=2)
        monkeypatch.setattr(timezone, "now", lambda: ahead)
        monkeypatch.setattr(time, "time", ahead.timestamp)
        assert (worker.drain("bustests.later"), worker.drain(ECHO)) == (0, 0)
        due = Delivery.objects.get(handler="bustests.later").due
    assert due - store().now() < timedelta(hours=1)


def test_events_of_a_process_whose_clock_is_behind_come_last_in_the_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    first = publish()
    cursor = feed.latest(StoredEvent.objects.all(), limit=1).next
    behind = time.time_ns() - 3_600_000_000_000
    monkeypatch.setattr(time, "time_ns", lambda: behind)
    second = publish()
    assert second < first
    assert [event.id for event in feed.read(StoredEvent.objects.all(), cursor, limit=9).events] == [second]


@contextmanager
def held_snapshot() -> Iterator[None]:
    """Another session that sees the database as it is now, as a backup does, so that vacuum removes nothing newer."""
    parameters = connection.get_connection_params()
    names = ("host", "port", "user", "password", "dbname")
    with psycopg.connect(**{name: parameters[name] for name in names if name in parameters}) as other:
        other.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        other.execute("SELECT count(*) FROM eventbus_event")
        yield


@pytest.mark.postgres
def test_a_held_snapshot_makes_neither_claims_dearer_nor_anything_wait() -> None:
    with connected(echo), held_snapshot():
        publish()
        few = _pages_of_a_claim()
        for _ in range(10):
            with transaction.atomic():
                bus.publish_many([ThingCreatedEvent(thing_id=uuid4()) for _ in range(100)])
            worker.drain(ECHO)
        publish()
        assert _pages_of_a_claim() <= few + 5
    assert effects() == 1_001


def _pages_of_a_claim() -> int:
    """Return what a claim reads to find a delivery, if it goes on where the last one ended: 1,000 rows died before."""
    from gauzy.eventbus.stores import postgresql  # noqa: PLC0415  the test looks into one dialect

    selection = postgresql.FREE.format(moment="statement_timestamp()", since="AND due >= %(since)s")
    newest = Delivery.objects.filter(handler=ECHO).latest("due").due
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ANALYZE eventbus_delivery")
        cursor.execute(
            f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {selection}", {"handler": ECHO, "limit": 1, "since": newest}
        )
        plan = cursor.fetchone()[0][0]["Plan"]
    return int(plan["Shared Hit Blocks"]) + int(plan["Shared Read Blocks"])


def test_a_handler_of_deaths_that_dies_itself_is_announced_to_nobody() -> None:
    @bus.handles(ThingCreatedEvent, id="bustests.doomed")
    def doomed(event: ThingCreatedEvent) -> None:
        raise bus.Permanent("no")

    @bus.handles(DeliveryDiedEvent, id="bustests.mourn")
    def mourn(event: DeliveryDiedEvent) -> None:
        raise bus.Permanent("too sad")

    with connected(doomed, mourn):
        publish()
        deliver_all(expect_failures=True)
        dead = Delivery.objects.filter(dead_at__isnull=False).values_list("handler", flat=True)
        assert sorted(dead) == ["bustests.doomed", "bustests.mourn"]
    assert StoredEvent.objects.filter(name="eventbus.delivery_died").count() == 1


@pytest.mark.sqlite
def test_who_publishes_while_the_database_is_locked_for_too_long_is_told_and_nothing_is_stored() -> None:
    connection.cursor().execute("PRAGMA busy_timeout = 20")
    with sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            publish()
        with connected(echo):
            assert worker.drain(ECHO) == 0, "looking for work waits for no lock"
        other.execute("ROLLBACK")
    other.close()
    assert not StoredEvent.objects.exists()
    publish()
    connection.close()  # the next one has its own timeout again


@pytest.mark.sqlite
def test_a_full_disk_is_an_error_of_the_publisher_and_loses_nothing_that_is_owed() -> None:
    with connected(echo):
        kept = [publish()]
        with _full_disk(), pytest.raises(OperationalError, match="full"):
            kept.extend(publish(title="x" * 4_000) for _ in range(500))
        assert set(StoredEvent.objects.values_list("id", flat=True)) == set(kept)
        with _full_disk():
            deliver_all(expect_failures=True)
        Delivery.objects.update(due=timezone.now() - timedelta(seconds=1))
        deliver_all()
    assert effects() == len(kept)


@contextmanager
def _full_disk() -> Iterator[None]:
    """Let the file not grow; what is free in it can still be used."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        [size] = cursor.fetchone()
        cursor.execute(f"PRAGMA max_page_count = {size}")
    yield
    connection.close()  # it is a setting of the connection


def test_a_handler_that_needs_a_tenant_where_none_is_fails_rather_than_see_all_of_them() -> None:
    @bus.handles(ClockTickedEvent, id="bustests.lost")
    def lost(event: ClockTickedEvent) -> None:
        context.tenant_id()

    with connected(lost), context.within_tenant(None):
        with transaction.atomic():
            bus.publish(ClockTickedEvent(clock_id="tower"))
        worker.drain("bustests.lost")
    failure = Failure.objects.get()
    assert (failure.error_class, Receipt.objects.count()) == ("MissingContext", 0)
