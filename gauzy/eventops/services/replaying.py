"""Running history again. A replay gives a handler what it is done with once more, as a new generation of deliveries:
receipts of the former ones stay. A backfill gives it what it was never owed, as if it had been there.

Both go on in chunks by event id, each a transaction; interrupted, they go on where they stopped.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max, QuerySet

from gauzy import eventbus as bus
from gauzy.eventbus import catalogue, hints, owing
from gauzy.eventbus.handler import Handler
from gauzy.eventbus.metadata import Window
from gauzy.eventbus.models import Delivery, StoredEvent
from gauzy.eventbus.moments import first_id_at
from gauzy.eventbus.stores import store
from gauzy.eventops import selectors
from gauzy.eventops.events import HandlerBackfilledEvent, HandlerReplayedEvent
from gauzy.eventops.exceptions import NotReplayable, UnknownHandler, UnknownReplay
from gauzy.eventops.models import Replay

CHUNK = 500  # events in one transaction
SETTLED_AFTER = timedelta(hours=1)  # a day is over when its last publishers have committed


@transaction.atomic
def start_replay(
    *,
    handler: str,
    since: datetime,
    until: datetime,
    event: str = "",
    tenant_id: UUID | None = None,
    force: bool = False,
) -> Replay:
    """Begin a replay: nothing is owed yet, `advance_replay` does that. A handler that clears first does so here.

    Raises `UnknownHandler`, and `NotReplayable` for a handler that takes no history unless `force`, and for one that
    clears days first unless whole days, long over and settled, are meant.
    """
    known = handler_of(handler)
    refuse_unreplayable(known, since=since, until=until, event=event, tenant_id=tenant_id, force=force)
    generation = (Replay.objects.filter(handler=handler).aggregate(last=Max("generation"))["last"] or 0) + 1
    replay = Replay.objects.create(
        handler=handler, generation=generation, event=event, tenant_id=tenant_id, since=since, until=until
    )
    if known.before_replay:
        known.before_replay(Window(_names(known, event), since, until, tenant_id))
    bus.publish(HandlerReplayedEvent(replay_id=replay.id, handler=handler, since=since, until=until))
    return replay


@transaction.atomic
def advance_replay(replay_id: UUID, *, limit: int = CHUNK) -> Replay:
    """Make the next events of a replay owed; `finished_at` tells when there are no more. Raises `UnknownReplay`."""
    replay = Replay.objects.select_for_update().filter(id=replay_id).first()
    if replay is None:
        raise UnknownReplay
    if replay.finished_at:
        return replay
    handler = handler_of(replay.handler)
    chosen = to_replay(handler, event=replay.event, tenant_id=replay.tenant_id, since=replay.since, until=replay.until)
    chunk = _locked_after(chosen, replay.cursor, limit)
    replay.made_owed += len(owing.owe(handler, chunk, generation=replay.generation))
    if chunk:
        replay.cursor = chunk[-1].id
    else:
        replay.finished_at = store().now()
    replay.save()
    transaction.on_commit(lambda: hints.mark({handler.id}), robust=True)
    return replay


@transaction.atomic
def backfill_some(
    *,
    handler: str,
    since: datetime,
    until: datetime,
    event: str,
    tenant_id: UUID | None,
    after: UUID | None,
    limit: int,
) -> tuple[UUID | None, int]:
    """Make the next events owed that the handler never had; return where it stopped (None: at the end), and how many.

    Publishes `HandlerBackfilledEvent` with the first of them.
    """
    known = handler_of(handler)
    chosen = to_backfill(known, event=event, tenant_id=tenant_id, since=since, until=until)
    chunk = _locked_after(chosen, after, limit)
    added = owing.owe(known, chunk)
    if chunk and after is None:
        bus.publish(HandlerBackfilledEvent(name=handler, since=since, until=until))
    transaction.on_commit(lambda: hints.mark({handler}), robust=True)
    return (chunk[-1].id if chunk else None), len(added)


def to_replay(
    handler: Handler, *, event: str, tenant_id: UUID | None, since: datetime, until: datetime
) -> QuerySet[StoredEvent]:
    """Return the events that a replay makes owed."""
    return owing.done_by(handler, _in_range(handler, event, tenant_id, since, until))


def to_backfill(
    handler: Handler, *, event: str, tenant_id: UUID | None, since: datetime, until: datetime
) -> QuerySet[StoredEvent]:
    """Return the events that a backfill looks at; the handler's condition may still decline some."""
    return owing.never_owed_to(handler, _in_range(handler, event, tenant_id, since, until))


def handler_of(handler: str) -> Handler:
    if known := catalogue.find_handler(handler):
        return known
    raise UnknownHandler(f"This release has no handler {handler!r}.")


def refuse_unreplayable(
    handler: Handler, *, since: datetime, until: datetime, event: str, tenant_id: UUID | None, force: bool
) -> None:
    if not handler.history and not force:
        raise NotReplayable(f"{handler.id} takes no history: it would mail or call again. Force it if that is meant.")
    if handler.before_replay is None:
        return
    if not _is_midnight(since) or not _is_midnight(until) or until + SETTLED_AFTER > store().now():
        raise NotReplayable(f"{handler.id} clears days before: choose whole UTC days that are over for an hour.")
    ids = {"event_id__gte": first_id_at(since), "event_id__lt": first_id_at(until)}
    if Delivery.objects.filter(handler=handler.id, **ids).exists():
        raise NotReplayable(f"{handler.id} is still owed events of these days: let it finish, or skip what is dead.")


def _in_range(
    handler: Handler, event: str, tenant_id: UUID | None, since: datetime, until: datetime
) -> QuerySet[StoredEvent]:
    return selectors.events(tenant_id, since=since, until=until).filter(name__in=_names(handler, event)).order_by("id")


def _names(handler: Handler, event: str) -> list[str]:
    names = [known.name for known in catalogue.events if handler.takes_every_event or known.cls in handler.events]
    return [name for name in names if event in ("", name)]


def _locked_after(chosen: QuerySet[StoredEvent], cursor: UUID | None, limit: int) -> list[StoredEvent]:
    found = chosen.filter(id__gt=cursor) if cursor else chosen
    ids = list(found.values_list("id", flat=True)[:limit])
    return list(StoredEvent.objects.select_for_update().filter(id__in=ids).order_by("id"))


def _is_midnight(moment: datetime) -> bool:
    return moment.timestamp() % 86_400 == 0
