"""Publishing: check the event, stamp it, ask who wants it, store both in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast
from uuid import UUID

from django.db import connections, transaction

from gauzy import context
from gauzy.eventbus import after_commit
from gauzy.eventbus.catalogue import catalogue
from gauzy.eventbus.conf import BusSettings, bus_settings
from gauzy.eventbus.event import AnyEvent
from gauzy.eventbus.event_type import EventType
from gauzy.eventbus.events import DeliveryDiedEvent
from gauzy.eventbus.exceptions import InvalidEvent, NotInTransaction
from gauzy.eventbus.handler import Handler, Owed, Run
from gauzy.eventbus.ids import uuid7
from gauzy.eventbus.records import ALIAS, NewEvent
from gauzy.eventbus.stores import store
from gauzy.eventbus.values import encoded, is_unstorable_text

LONGEST_SUBJECT = 60  # characters, as the column has
LONGEST_DEDUP_KEY = 300  # characters, with the event's name and tenant before it
LONGEST_KEY = 120  # characters; longer ones that begin alike share their order

# The test kit listens here: lists that receive (event id, event) of everything published in this process.
taps: list[list[tuple[UUID, AnyEvent]]] = []


def publish(event: AnyEvent, *, history: bool = False, dedup_key: str | None = None) -> UUID:
    """Store `event` and what its handlers are owed, in the caller's transaction; return the event's id, never results.

    history: it tells of something that happened long ago; handlers declared `history=False` are skipped.
    dedup_key: a second publish of the same event type and tenant with this key stores nothing and returns the first id.
    Raises `NotInTransaction`, `InvalidEvent` and `gauzy.context.MissingContext`. No handler's error gets here.
    """
    _require_transaction()
    new = prepare(event, history=history, dedup_key=dedup_key, settings=bus_settings())
    store().record([new])
    if dedup_key is not None:
        stored = store().id_of_dedup_key(new.columns[-1])
        if stored != new.id:
            return stored
    _announce_stopped([new])
    transaction.on_commit(partial(after_commit.follow_up, [new]), using=ALIAS, robust=True)
    return new.id


def publish_many(events: Sequence[AnyEvent], *, history: bool = False) -> list[UUID]:
    """Publish several events at the price of one statement (on PostgreSQL); return their ids in the same order."""
    if not events:
        return []
    _require_transaction()
    settings = bus_settings()
    prepared = [prepare(event, history=history, dedup_key=None, settings=settings) for event in events]
    store().record(prepared)
    _announce_stopped(prepared)
    transaction.on_commit(partial(after_commit.follow_up, prepared), using=ALIAS, robust=True)
    return [new.id for new in prepared]


def withdraw(event_id: UUID, handler_id: str) -> bool:
    """Take back what a handler is still owed of an event, in the transaction that makes it moot; tell if anything was.

    A handler on the database that runs at this moment is waited for: then there is nothing left to take back. An
    external one that runs may still act.
    """
    _require_transaction()
    return store().withdraw(event_id, handler_id, reason="withdrawn")


def _require_transaction() -> None:
    if not connections[ALIAS].in_atomic_block:
        raise NotInTransaction(
            "Publish inside transaction.atomic(), together with the change the event speaks of: outside, the event "
            "could exist without the change."
        )


def prepare(event: AnyEvent, *, history: bool, dedup_key: str | None, settings: BusSettings) -> NewEvent:
    """Do everything for a publish that needs no database."""
    event_type = catalogue.type_of(event)
    event_type.check(event)
    _refuse_other_tenant(event)
    data = encoded(event)
    if len(data) > settings.MAX_EVENT_BYTES:
        raise InvalidEvent(
            f"{type(event).__name__} takes {len(data)} bytes, more than MAX_EVENT_BYTES ({settings.MAX_EVENT_BYTES}): "
            "carry ids instead of content."
        )
    columns = _columns(event_type, event, data, history, dedup_key)
    handlers = _wanted(event_type, event)
    skipped: Sequence[tuple[str, str]] = ()
    if history:
        skipped = [(handler.id, "history") for handler in handlers if not handler.history]
        handlers = [handler for handler in handlers if handler.history]
    if (depth := context.current().depth) > settings.MAX_DEPTH and not isinstance(event, DeliveryDiedEvent):
        owed = [_dead_of_loop(handler, event, depth) for handler in handlers]
    else:
        owed = [handler.usually or _owed(handler, event, settings) for handler in handlers]
    for tap in taps:
        tap.append((columns[0], event))
    return NewEvent(columns, owed, skipped, event, handlers)


def _refuse_other_tenant(event: AnyEvent) -> None:
    """Work of one tenant tells of that tenant alone; work of none, as an operator's or a schedule's, of any."""
    tenant_id = context.current().tenant_id
    if tenant_id is not None and event.tenant_id != tenant_id:
        raise InvalidEvent(
            f"{type(event).__name__} is of tenant {event.tenant_id}, published in the work of tenant {tenant_id}: "
            "enter the other one with gauzy.context.within_tenant(…)."
        )


def _wanted(event_type: EventType, event: AnyEvent) -> list[Handler]:
    """Ask every receiver of the event's signal. A condition that raises counts as owed: the worker shows its error."""
    answers: list[tuple[Any, Any]] = event_type.signal.send_robust(sender=event_type.cls, event=event)
    return [
        answer if answer.__class__ is Handler else receiver.handler
        for receiver, answer in answers
        if answer is not None
    ]


def _owed(handler: Handler, event: AnyEvent, settings: BusSettings) -> Owed:
    delay = settings.AFTER_COMMIT_GRACE if handler.run is Run.AFTER_COMMIT else handler.after
    return Owed(handler.id, delay, ordering_key=ordering_key(handler, event))


def _dead_of_loop(handler: Handler, event: AnyEvent, depth: int) -> Owed:
    reason = f"loop: {depth} events caused one another"
    return Owed(handler.id, dead_reason=reason, ordering_key=ordering_key(handler, event))


def _announce_stopped(published: Sequence[NewEvent]) -> None:
    """Tell of the first deliveries that are dead from birth; not of deeper ones, as news would cause news for ever."""
    work = context.current()
    if work.depth != bus_settings().MAX_DEPTH + 1:
        return
    for new in published:
        died_in = replace(work, tenant_id=new.event.tenant_id, causation_id=new.id)
        for stopped in (owed for owed in new.owed if owed.dead_reason):
            announce_death(died_in, catalogue.type_of(new.event).name, stopped.handler, "Loop", attempts=0)


def announce_death(died_in: context.Context, event_name: str, handler: str, error_class: str, *, attempts: int) -> None:
    """Publish that the handler's delivery of the event `died_in.causation_id` was given up."""
    actor = context.Actor(context.ActorKind.SYSTEM, f"handler {handler}")
    with context.use(replace(died_in, actor=actor, depth=died_in.depth + 1, handler=handler)):
        publish(
            DeliveryDiedEvent(
                died_event_id=cast("UUID", died_in.causation_id),
                event_name=event_name,
                handler=handler,
                error_class=error_class,
                attempts=attempts,
            )
        )


def ordering_key(handler: Handler, event: AnyEvent) -> str | None:
    """Return the key whose deliveries the handler has in order; None if it has no order."""
    return str(getattr(event, handler.ordered_by))[:LONGEST_KEY] if handler.ordered_by else None


def _columns(
    event_type: EventType, event: AnyEvent, data: bytes, history: bool, dedup_key: str | None
) -> tuple[Any, ...]:
    """In the order of `records.EVENT_COLUMNS`."""
    now_in = context.current()
    actor = now_in.actor
    return (
        uuid7(),
        event_type.name,
        event_type.version,
        event.tenant_id,
        str(actor.kind),
        actor.id,
        actor.label[:300],
        actor.on_behalf_of_id,
        now_in.correlation_id,
        now_in.causation_id,
        now_in.handler,
        now_in.depth,
        datetime.now(UTC),
        event_type.entity_type,
        _subject(event_type, event),
        data.decode(),
        history,
        catalogue.fingerprint(event_type),
        None if dedup_key is None else _stored_key(event_type, event, dedup_key),
    )


def _stored_key(event_type: EventType, event: AnyEvent, dedup_key: str) -> str:
    stored = f"{event_type.name}:{event.tenant_id}:{dedup_key}"
    if len(stored) > LONGEST_DEDUP_KEY or is_unstorable_text(dedup_key):
        raise InvalidEvent(
            f"The dedup_key of {type(event).__name__} cannot be stored: with name and tenant it has {len(stored)} "
            f"characters of {LONGEST_DEDUP_KEY}, or it holds a NUL or half a surrogate pair. Take a digest of it."
        )
    return stored


def _subject(event_type: EventType, event: AnyEvent) -> str:
    subject = event_type.subject_of(event)
    if len(subject) > LONGEST_SUBJECT:
        raise InvalidEvent(
            f"{type(event).__name__}.{event_type.subject} has {len(subject)} characters, more than {LONGEST_SUBJECT}: "
            "its subject is an id."
        )
    return subject
