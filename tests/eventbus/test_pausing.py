"""Handlers at rest: by hand, for a quota, or because they keep failing; and only as much of them as is meant."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test.utils import override_settings
from django.utils import timezone

from gauzy import context
from gauzy import eventbus as bus
from gauzy.eventbus import sweeping, worker
from gauzy.eventbus.choices import PauseKind
from gauzy.eventbus.ids import uuid7
from gauzy.eventbus.models import Delivery, Failure, Pause, Receipt
from gauzy.eventbus.testing import connected, deliver_all, only_handlers_of
from tests.eventbus.events import ThingCreatedEvent

pytestmark = pytest.mark.django_db(transaction=True)


class World:
    """What the handler meets; each test sets it."""

    error: Exception | None = None
    reached: list[UUID] = []


@bus.handles(ThingCreatedEvent, id="bustests.call", queue="mail", external=True, retries=[0] * 20)
def call(event: ThingCreatedEvent) -> None:
    World.reached.append(event.tenant_id)
    if World.error and event.title == "troubled":
        raise World.error


@bus.handles(ThingCreatedEvent, id="bustests.at_once", run=bus.Run.AFTER_COMMIT)
def at_once(event: ThingCreatedEvent) -> None:
    World.reached.append(event.tenant_id)


@pytest.fixture(autouse=True)
def calling() -> object:
    World.error, World.reached = None, []
    with only_handlers_of("none"), connected(call):
        yield


def publish(title: str = "") -> UUID:
    with transaction.atomic():
        return bus.publish(ThingCreatedEvent(thing_id=uuid4(), title=title))


def publish_in_another_tenant() -> UUID:
    with context.acting(tenant_id=uuid7(), actor=context.Actor(context.ActorKind.USER, "Bob")):
        return publish()


@pytest.mark.parametrize("what", [{"handler": "bustests.call"}, {"queue": "mail"}])
def test_a_paused_handler_or_queue_is_neither_drained_nor_swept_and_goes_on_afterwards(what: dict[str, str]) -> None:
    pause = Pause.objects.create(kind=PauseKind.MANUAL, **what)
    publish()
    assert worker.drain("bustests.call") == 0
    sweeping.sweep(["bustests.call"])
    assert worker.deliver_due() == 0
    assert World.reached == []
    assert Delivery.objects.get().attempts == 0
    pause.delete()
    assert worker.deliver_due() == 1


def test_a_pause_with_an_end_is_over_by_itself() -> None:
    Pause.objects.create(kind=PauseKind.QUOTA, handler="bustests.call", until=timezone.now() - timedelta(seconds=1))
    publish()
    assert worker.drain("bustests.call") == 1
    assert len(World.reached) == 1


def test_a_paused_after_commit_handler_waits_too(tenant_id: UUID) -> None:
    with connected(at_once):
        Pause.objects.create(kind=PauseKind.MANUAL, handler="bustests.at_once")
        publish()
        assert World.reached == []
        assert Delivery.objects.filter(handler="bustests.at_once").exists()


def test_a_quota_rests_its_tenant_alone_and_spends_no_attempt(tenant_id: UUID) -> None:
    World.error = bus.Retry(after=3600, reason="5,000 calls an hour", counts=False)
    mine = publish("troubled")
    worker.drain("bustests.call")
    waiting = Delivery.objects.get(event_id=mine)
    assert (waiting.attempts, waiting.failures, waiting.reason) == (0, 0, "paused: 5,000 calls an hour")
    assert waiting.due > timezone.now() + timedelta(minutes=59)
    assert not Failure.objects.exists()
    also_mine, theirs = publish(), publish_in_another_tenant()
    worker.drain("bustests.call")
    assert Receipt.objects.filter(event_id=theirs).exists()
    assert Delivery.objects.get(event_id=also_mine).attempts == 0
    assert World.reached.count(tenant_id) == 1


def test_a_quota_of_the_whole_handler_rests_all_of_it() -> None:
    World.error = bus.Retry(after=3600, reason="one key for all", counts=False, scope=bus.Scope.HANDLER)
    publish("troubled")
    worker.drain("bustests.call")
    publish_in_another_tenant()
    assert worker.drain("bustests.call") == 0


def test_waiting_for_quotas_has_an_end() -> None:
    World.error = bus.Retry(after=60, reason="never", counts=False)
    event_id = publish("troubled")
    Delivery.objects.update(owed_since=timezone.now() - timedelta(days=8))
    worker.drain("bustests.call")
    assert Delivery.objects.get(event_id=event_id).dead_at is not None
    assert Failure.objects.get().error_text == "never"


@override_settings(EVENTBUS={"PAUSE_AFTER": 3, "QUEUES": ["default", "mail"]})
def test_an_external_handler_that_keeps_failing_rests_for_that_tenant_and_longer_each_time(tenant_id: UUID) -> None:
    World.error = ConnectionError("no road")
    event_id = publish("troubled")
    for _ in range(5):
        worker.drain("bustests.call")
    assert World.reached.count(tenant_id) == 3
    assert Delivery.objects.get(event_id=event_id).failures == 3
    theirs = publish_in_another_tenant()
    worker.drain("bustests.call")
    assert Receipt.objects.filter(event_id=theirs).exists()
    _let_the_pause_end()
    worker.drain("bustests.call")
    pause = Pause.objects.get()
    assert pause.failures == 4
    assert pause.until is not None
    assert pause.until > timezone.now() + timedelta(seconds=100)


@override_settings(EVENTBUS={"PAUSE_AFTER": 3, "QUEUES": ["default", "mail"]})
def test_one_success_ends_the_trouble() -> None:
    World.error = ConnectionError("no road")
    publish("troubled")
    for _ in range(4):
        worker.drain("bustests.call")
    World.error = None
    _let_the_pause_end()
    worker.drain("bustests.call")
    assert not Pause.objects.exists()
    assert Receipt.objects.count() == 1


def test_the_test_kit_honours_pauses() -> None:
    Pause.objects.create(kind=PauseKind.MANUAL, handler="bustests.call")
    publish()
    assert not deliver_all()


def _let_the_pause_end() -> None:
    Pause.objects.update(until=timezone.now() - timedelta(seconds=1))
    Delivery.objects.filter(dead_at__isnull=True).update(due=timezone.now())
