"""The feed: all events in one order in which nothing ever appears behind a cursor that was handed out.

An event's position is (PostgreSQL) the id of the transaction that published it. Ids are given when a transaction first
writes, and transactions commit in any order: so only events are shown whose position lies below the oldest transaction
still open, for below it nothing can appear any more. (SQLite) writers take turns, and positions count commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from django.db import connections
from django.db.models import Max, Q, QuerySet

from gauzy.eventbus.models import StoredEvent
from gauzy.eventbus.records import ALIAS
from gauzy.eventops.exceptions import InvalidFeedCursor

BEGINNING, NOW = "beginning", "now"
_LAST_ID = UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True, order=True)
class FeedCursor:
    """A place between two events of the feed."""

    position: int
    id: UUID

    @classmethod
    def at(cls, event: StoredEvent) -> Self:
        """Return the place right after an event. Only one that the feed showed is safe to read on from."""
        return cls(event.position, event.id)

    def __str__(self) -> str:
        return f"{self.position}.{self.id.hex}"


@dataclass(frozen=True, slots=True)
class FeedPage:
    """`next` is where to read on: now if there is `more`, else later. It is never empty."""

    events: Sequence[StoredEvent]
    next: FeedCursor
    more: bool


def cursor(text: str) -> FeedCursor:
    """Return the place that `beginning`, `now` or a cursor handed out earlier means; raise `InvalidFeedCursor`."""
    if text == BEGINNING:
        return FeedCursor(0, UUID(int=0))
    if text == NOW:
        return _end(horizon())
    position, _, event_id = text.partition(".")
    if not (position.isascii() and position.isdigit() and len(position) <= 18):
        raise InvalidFeedCursor(fields={"after": [InvalidFeedCursor.message]})
    try:
        return FeedCursor(int(position), UUID(hex=event_id))
    except ValueError:
        raise InvalidFeedCursor(fields={"after": [InvalidFeedCursor.message]}) from None


def read(events: QuerySet[StoredEvent], after: FeedCursor, *, limit: int) -> FeedPage:
    """Return up to `limit` of `events` that follow `after`."""
    settled = horizon()
    beyond = Q(position__gt=after.position) | Q(position=after.position, id__gt=after.id)
    # The first condition repeats what the others say in a form that the index can answer.
    following = events.filter(position__gte=after.position, position__lt=settled).filter(beyond)
    found = list(following.order_by("position", "id")[: limit + 1])
    page, more = found[:limit], len(found) > limit
    # A reader of few events is moved past the many others, or it would wade through them again each time.
    return FeedPage(page, FeedCursor.at(page[-1]) if more else max(after, _end(settled)), more)


def latest(events: QuerySet[StoredEvent], *, limit: int) -> FeedPage:
    """Return the last `limit` of `events`, in the feed's order."""
    settled = horizon()
    newest = events.filter(position__lt=settled).order_by("-position", "-id")[:limit]
    return FeedPage(list(newest)[::-1], _end(settled), more=False)


def horizon() -> int:
    """Return the position below which nothing can appear any more.

    Taken before the events are read: what it calls settled then is visible to every later statement.
    """
    connection = connections[ALIAS]
    if connection.vendor == "sqlite":
        newest: int | None = StoredEvent.objects.aggregate(newest=Max("position"))["newest"]
        return (newest or 0) + 1
    with connection.cursor() as statement:
        statement.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        oldest_open: int = statement.fetchone()[0]
        return oldest_open


def _end(settled: int) -> FeedCursor:
    return FeedCursor(settled - 1, _LAST_ID)
