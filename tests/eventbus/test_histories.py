"""Random histories of deliveries, compared after every step with a model of a few lines.

Publishers commit and roll back; workers drain, succeed, fail, skip, die, and vanish with what they claimed; leases end;
holders come back late; operators repair. Whatever the order: nothing is lost, effects are there once, and an ordered
handler has one key's events in turn.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import cycle
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from pytest_django import Settings

from gauzy import context
from gauzy import eventbus as bus
from gauzy.eventbus import Delivered, Metadata, claiming, worker
from gauzy.eventbus.execution import run_one
from gauzy.eventbus.handler import marked
from gauzy.eventbus.models import Delivery, Receipt, StoredEvent
from gauzy.eventbus.records import Claimed
from gauzy.eventbus.stores import store
from gauzy.eventbus.testing import connected
from gauzy.eventops import services
from tests.eventbus.events import ThingCreatedEvent, ThingUpdatedEvent

pytestmark = pytest.mark.django_db

Draw = Callable[[Any], Any]

KEYS = [UUID(int=1), UUID(int=2)]
RETRIES = [60, 60]


class Does(StrEnum):
    """What a handler does with an event, after its effect."""

    SUCCEED = "succeed"
    FAIL = "fail"
    SKIP = "skip"
    DIE = "die"
    VANISH = "vanish"  # with its worker


class Vanished(BaseException):
    """`kill -9`, as far as it can be had in one process."""


class OutOfTurn(BaseException):
    """No mere error, which the bus would take for the handler's own affair."""


class State(StrEnum):
    OWED = "owed"
    DONE = "done"
    SKIPPED = "skipped"
    DEAD = "dead"


@dataclass(slots=True)
class Share:
    """One handler's share of one event, as the model has it."""

    key: UUID
    state: State = State.OWED
    failures: int = 0

    def come_to(self, does: Does) -> None:
        self.failures += does is Does.FAIL
        ends = {Does.SUCCEED: State.DONE, Does.SKIP: State.SKIPPED, Does.DIE: State.DEAD}
        if does is Does.FAIL and self.failures > len(RETRIES):
            self.state = State.DEAD
        self.state = ends.get(does, self.state)


# (event, handler), in the order of publishing: the whole model.
model: dict[tuple[UUID, str], Share] = {}
plan: dict[UUID, Does] = {}


def act(deliveries: Sequence[Delivered]) -> None:
    """Have an effect for each, then do as is planned. What a batch fails of, its items come to one by one."""
    for delivery in deliveries:
        meta = delivery.meta
        with context.acting(tenant_id=meta.tenant_id, actor=meta.actor):  # a batch runs in nobody's
            bus.publish(ThingUpdatedEvent(thing_id=meta.event_id, tags=(meta.handler,)))
    planned = [plan.get(delivery.meta.event_id, Does.SUCCEED) for delivery in deliveries]
    if len(deliveries) == 1 or set(planned) == {Does.SUCCEED}:
        for delivery, does in zip(deliveries, planned, strict=True):
            model[delivery.meta.event_id, delivery.meta.handler].come_to(does)
    for does in planned:
        _raise(does)


def _raise(does: Does) -> None:
    match does:
        case Does.FAIL:
            raise RuntimeError("no")
        case Does.SKIP:
            raise bus.Skip("not needed")
        case Does.DIE:
            raise bus.Permanent("never")
        case Does.VANISH:
            raise Vanished


def in_turn(meta: Metadata, *passes: State) -> None:
    """What was published before for the same key is over: done, skipped, or dead where that is passed."""
    mine = model[meta.event_id, meta.handler]
    for (event_id, handler), share in model.items():
        if (event_id, handler) == (meta.event_id, meta.handler):
            return
        is_before = (handler, share.key) == (meta.handler, mine.key)
        if is_before and share.state not in {State.DONE, State.SKIPPED, *passes}:
            raise OutOfTurn(f"{handler} has {meta.event_id} while {event_id} is {share.state}")


@bus.handles(ThingCreatedEvent, id="bustests.alone", retries=RETRIES)
def alone(event: ThingCreatedEvent, meta: Metadata) -> None:
    act([Delivered(event, meta)])


@bus.handles(ThingCreatedEvent, id="bustests.together", retries=RETRIES, batch=3)
def together(deliveries: Sequence[Delivered]) -> None:
    act(deliveries)


@bus.handles(ThingCreatedEvent, id="bustests.outside", retries=RETRIES, external=True)
def outside(event: ThingCreatedEvent, meta: Metadata) -> None:
    with meta.completing():
        act([Delivered(event, meta)])


@bus.handles(ThingCreatedEvent, id="bustests.ordered", retries=RETRIES, ordered_by="thing_id")
def ordered(event: ThingCreatedEvent, meta: Metadata) -> None:
    in_turn(meta)
    act([Delivered(event, meta)])


@bus.handles(ThingCreatedEvent, id="bustests.passing", retries=RETRIES, ordered_by="thing_id", on_dead="skip")
def passing(event: ThingCreatedEvent, meta: Metadata) -> None:
    in_turn(meta, State.DEAD)
    act([Delivered(event, meta)])


FUNCTIONS = (alone, together, outside, ordered, passing)
HANDLERS = {handler.id: handler for handler in map(marked, FUNCTIONS) if handler}


class Step(StrEnum):
    """Every step is one that a process or an operator can take; those that make a history are taken more often."""

    PUBLISH = "publish"
    WORK = "work"
    CLAIM = "claim"
    COME_BACK = "come_back"
    GIVE_BACK = "give_back"
    REPAIR = "repair"
    WITHDRAW = "withdraw"


OFTEN = [Step.WORK, Step.WORK, Step.CLAIM, Step.COME_BACK]
MOSTLY = st.sampled_from([True, True, True, False])
WHAT_HAPPENS = st.lists(st.sampled_from([Does.FAIL, *Does, Does.FAIL]), min_size=3, max_size=7)


def _forget_progress() -> None:
    """Be a process that has just started: how far others looked back depends on how fast this machine is."""
    claiming._progress.clear()
    claiming._served.clear()


class Histories(RuleBasedStateMachine):
    """Steps are drawn as values of one rule: rules themselves would not be drawn evenly."""

    def __init__(self) -> None:
        super().__init__()
        model.clear()
        plan.clear()
        self.held: list[Claimed] = []
        self.transaction = transaction.atomic()
        self.transaction.__enter__()

    @rule(step=st.sampled_from([*Step, *OFTEN]), data=st.data())
    def take(self, step: Step, data: st.DataObject) -> None:
        getattr(self, f"_{step}")(data.draw)

    def _publish(self, draw: Draw) -> None:
        keys = draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=3))
        events = [ThingCreatedEvent(thing_id=key) for key in keys]
        commits = draw(MOSTLY)
        with transaction.atomic():
            ids = bus.publish_many(events) if draw(st.booleans()) else [bus.publish(event) for event in events]
            transaction.set_rollback(not commits)
        if commits:
            model.update({(event, name): Share(key) for event, key in zip(ids, keys, strict=True) for name in HANDLERS})

    def _work(self, draw: Draw) -> None:
        """Workers take what is due, some times over: after the ladder's next wait, perhaps after the end of leases."""
        does, leases_end = draw(WHAT_HAPPENS), draw(st.booleans())
        for _ in range(draw(st.integers(1, 3))):
            if leases_end:
                self._end_leases()
            for handler in HANDLERS:
                self._drain(handler, does)
            self._let_time_pass()

    def _drain(self, handler: str, does: Sequence[Does]) -> None:
        """Let what comes first in `does` happen to what was published first, and so on."""
        owed = [event_id for event_id, name in self._those_that_are(State.OWED) if name == handler]
        plan.update(zip(owed, cycle(does), strict=False))
        _forget_progress()
        with suppress(Vanished):
            worker.drain(handler)
        plan.clear()

    def _claim(self, draw: Draw) -> None:
        """Workers take deliveries, and are not heard of."""
        count = draw(st.integers(1, 3))
        _forget_progress()
        for handler in HANDLERS.values():
            self.held += claiming.claim(handler, limit=count)

    def _come_back(self, draw: Draw) -> None:
        """They are, perhaps too late."""
        does = draw(WHAT_HAPPENS)
        for held, planned in zip(self.held, cycle(does), strict=False):
            plan[held.key.event_id] = planned
            with suppress(Vanished):
                run_one(HANDLERS[held.key.handler], held)
            plan.clear()
        self.held.clear()

    def _give_back(self, draw: Draw) -> None:
        store().give_back(self.held)
        self.held.clear()

    def _repair(self, draw: Draw) -> None:
        if dead := self._those_that_are(State.DEAD):
            self._decide(*draw(st.sampled_from(dead)), retried=draw(MOSTLY))

    def _withdraw(self, draw: Draw) -> None:
        if owed := self._those_that_are(State.OWED):
            event_id, handler = draw(st.sampled_from(owed))
            with transaction.atomic():
                assert bus.withdraw(event_id, handler)
            model[event_id, handler].state = State.SKIPPED

    @invariant()
    def every_share_is_in_one_state_and_it_is_the_models(self) -> None:
        rows = Delivery.objects.values_list("event_id", "handler", "dead_at")
        found = [((event_id, handler), State.DEAD if dead_at else State.OWED) for event_id, handler, dead_at in rows]
        receipts = Receipt.objects.values_list("event_id", "handler", "outcome")
        found += [((event_id, handler), State(outcome)) for event_id, handler, outcome in receipts]
        assert len(found) == len(dict(found)), "a share is in two states"
        assert dict(found) == {one: share.state for one, share in model.items()}

    @invariant()
    def effects_are_there_once_where_it_is_done_and_nowhere_else(self) -> None:
        rows = StoredEvent.objects.filter(name="bustests.thing_updated").values_list("data", flat=True)
        effects = Counter((UUID(data["thing_id"]), data["tags"][0]) for data in rows)
        assert effects == Counter(self._those_that_are(State.DONE))

    def teardown(self) -> None:
        try:
            self._finish()
        finally:
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    def _finish(self) -> None:
        """When workers come back and somebody repairs what is dead, everything ends."""
        for one in self._those_that_are(State.DEAD):
            self._decide(*one, retried=True)
        self._end_leases()
        for _ in range(5):
            self._let_time_pass()
            for handler in HANDLERS:
                self._drain(handler, [Does.SUCCEED])
        assert not self._those_that_are(State.OWED)
        self.every_share_is_in_one_state_and_it_is_the_models()
        self.effects_are_there_once_where_it_is_done_and_nowhere_else()

    def _end_leases(self) -> None:
        ended = store().now() - timedelta(seconds=1)
        Delivery.objects.filter(lease_until__isnull=False).update(lease_until=ended)

    def _let_time_pass(self) -> None:
        """What waits for its next attempt is due."""
        now = store().now()
        Delivery.objects.filter(dead_at__isnull=True, due__gt=now).update(due=now)

    def _decide(self, event_id: UUID, handler: str, *, retried: bool) -> None:
        if retried:
            services.retry_delivery(event_id=event_id, handler=handler, tenant_id=None)
            model[event_id, handler].state, model[event_id, handler].failures = State.OWED, 0
        else:
            services.skip_delivery(event_id=event_id, handler=handler, reason="decided", tenant_id=None)
            model[event_id, handler].state = State.SKIPPED

    def _those_that_are(self, state: State) -> list[tuple[UUID, str]]:
        return [one for one, share in model.items() if share.state is state]


def test_whatever_happens_nothing_is_lost_effects_come_once_and_order_is_kept(settings_of_the_bus: None) -> None:
    with connected(*FUNCTIONS):
        run_state_machine_as_test(
            Histories,
            settings=settings(
                max_examples=14,
                stateful_step_count=30,
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )


@pytest.fixture
def settings_of_the_bus(settings: Settings) -> None:
    """No limits that the model does not know: how often a worker may vanish, and rest after failures."""
    settings.EVENTBUS = settings.EVENTBUS | {"CRASH_LIMIT": 10_000, "PAUSE_AFTER": 10_000}
