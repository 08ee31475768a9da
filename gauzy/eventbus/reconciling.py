"""After a deploy: an event that an old process published is owed to the handlers that only the new release has.

Each event carries a fingerprint of the handlers its publisher knew. Reconciling looks at those whose fingerprint is not
today's, from the moment on that some worker first had the handler: older history is a matter for backfill.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from gauzy.eventbus import hints, owing
from gauzy.eventbus.catalogue import catalogue
from gauzy.eventbus.conf import bus_settings
from gauzy.eventbus.event_type import EventType
from gauzy.eventbus.models import KnownHandler, StoredEvent
from gauzy.eventbus.moments import first_id_at
from gauzy.eventbus.stores import store

logger = logging.getLogger(__name__)

CHUNK = 500
RECENT = timedelta(minutes=10)  # what a worker looks at again and again; all of RECONCILE_WINDOW only when it starts


def note_handlers() -> None:
    """Write down since when each handler of this release is known."""
    known = set(KnownHandler.objects.values_list("handler", flat=True))
    new = [KnownHandler(handler=handler.id) for handler in catalogue.handlers if handler.id not in known]
    KnownHandler.objects.bulk_create(new, ignore_conflicts=True)


def reconcile(within: timedelta | None = None, *, dry_run: bool = False) -> dict[str, int]:
    """Make owed what publishers of another release missed; return how many events, by handler.

    within: look back so long; by default the setting RECONCILE_WINDOW. Safe to run anywhere, at any time.
    """
    window = within or timedelta(seconds=bus_settings().RECONCILE_WINDOW)
    since = dict(KnownHandler.objects.values_list("handler", "since"))
    first = first_id_at(store().now() - window)
    added: dict[str, int] = {}
    for event_type in catalogue.events:
        suspects = StoredEvent.objects.filter(name=event_type.name, id__gte=first).exclude(
            known_handlers=catalogue.fingerprint(event_type)
        )
        for handler_id, ids in _missing(event_type, suspects, since, dry_run=dry_run):
            added[handler_id] = added.get(handler_id, 0) + len(ids)
    if added and not dry_run:
        logger.warning("Reconciled after a deploy: %s", added)
        hints.mark(added)
    return added


def _missing(
    event_type: EventType, suspects: QuerySet[StoredEvent], since: dict[str, datetime], *, dry_run: bool
) -> Iterator[tuple[str, list[UUID]]]:
    for handler in catalogue.handlers_of(event_type):
        if handler.id not in since:
            continue
        missed = owing.never_owed_to(handler, suspects.filter(recorded_at__gte=since[handler.id])).order_by("id")
        cursor = None
        while chunk := _after(missed, cursor):
            cursor = chunk[-1]
            with transaction.atomic():
                events = list(StoredEvent.objects.select_for_update().filter(id__in=chunk))
                ids = [event.id for event in events if owing.wants(handler, event)]
                if not dry_run:
                    ids = owing.owe(handler, events)
            if ids:
                yield handler.id, ids


def _after(events: QuerySet[StoredEvent], cursor: UUID | None) -> list[UUID]:
    found = events.filter(id__gt=cursor) if cursor else events
    return list(found.values_list("id", flat=True)[:CHUNK])
