import threading
from typing import Self
from uuid import UUID

import pytest
from django.db import connection, connections, transaction

from gauzy import context
from gauzy import eventbus as bus
from gauzy.eventbus.ids import uuid7
from gauzy.eventbus.models import StoredEvent
from gauzy.eventops import feed, selectors
from gauzy.eventops.exceptions import InvalidFeedCursor
from gauzy.eventops.feed import FeedCursor
from tests.eventops.events import ParcelSentEvent
from tests.eventops.parcels import ADA, send_parcel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("parcels")]


def everything_after(cursor: FeedCursor, *, limit: int = 100) -> tuple[list[UUID], FeedCursor]:
    page = feed.read(StoredEvent.objects.all(), cursor, limit=limit)
    return [event.id for event in page.events], page.next


def test_pages_follow_one_another_without_gap_or_repetition(tenant_id: UUID) -> None:
    sent = [send_parcel(tenant_id) for _ in range(5)]
    with context.acting(tenant_id=tenant_id, actor=ADA), transaction.atomic():
        together = bus.publish_many([ParcelSentEvent(parcel_id=uuid7()) for _ in range(4)])
    seen: list[UUID] = []
    cursor, more = feed.cursor("beginning"), True
    while more:
        page = feed.read(StoredEvent.objects.all(), cursor, limit=2)
        seen += [event.id for event in page.events]
        cursor, more = page.next, page.more
    assert seen[:5] == sent
    assert sorted(seen[5:]) == sorted(together)
    assert everything_after(cursor) == ([], cursor)


def test_a_cursor_survives_being_written_down(tenant_id: UUID) -> None:
    send_parcel(tenant_id)
    _, cursor = everything_after(feed.cursor("beginning"))
    second = send_parcel(tenant_id)
    assert everything_after(feed.cursor(str(cursor)))[0] == [second]


def test_now_is_behind_everything_that_was(tenant_id: UUID) -> None:
    send_parcel(tenant_id)
    now = feed.cursor("now")
    assert everything_after(now)[0] == []
    assert everything_after(now)[0] == []
    later = send_parcel(tenant_id)
    assert everything_after(now)[0] == [later]


def test_a_reader_of_few_events_is_moved_past_the_many_others(tenant_id: UUID) -> None:
    mine = send_parcel(tenant_id)
    for _ in range(3):
        send_parcel(uuid7())
    page = feed.read(selectors.events(tenant_id), feed.cursor("beginning"), limit=10)
    assert [event.id for event in page.events] == [mine]
    assert page.next > FeedCursor.at(StoredEvent.objects.latest("position"))
    next_one = send_parcel(tenant_id)
    assert [event.id for event in feed.read(selectors.events(tenant_id), page.next, limit=10).events] == [next_one]


def test_the_latest_are_shown_in_the_feeds_order(tenant_id: UUID) -> None:
    sent = [send_parcel(tenant_id) for _ in range(4)]
    page = feed.latest(StoredEvent.objects.all(), limit=2)
    assert [event.id for event in page.events] == sent[2:]
    assert everything_after(page.next)[0] == []


@pytest.mark.parametrize("text", ["", "later", "12", "x.y", "-1.00", f"{'9' * 30}.{'0' * 32}", "1.zz"])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidFeedCursor):
        feed.cursor(text)


class Publisher(threading.Thread):
    """Publishes on a connection of its own, and commits when it is told."""

    def __init__(self, tenant_id: UUID) -> None:
        super().__init__(daemon=True)
        self.tenant_id = tenant_id
        self.published, self.may_commit = threading.Event(), threading.Event()
        self.event_id: UUID | None = None

    def run(self) -> None:
        try:
            with context.acting(tenant_id=self.tenant_id, actor=ADA), transaction.atomic():
                self.event_id = bus.publish(ParcelSentEvent(parcel_id=uuid7()))
                self.published.set()
                assert self.may_commit.wait(20)
        finally:
            connections.close_all()

    def commit(self) -> None:
        self.may_commit.set()
        self.join(20)

    def __enter__(self) -> Self:
        self.start()
        assert self.published.wait(20)
        return self

    def __exit__(self, *_: object) -> None:
        self.commit()


@pytest.mark.postgres
def test_what_began_earlier_and_commits_later_never_appears_behind_a_cursor(tenant_id: UUID) -> None:
    before = send_parcel(tenant_id)
    with Publisher(tenant_id) as slow:
        overtaking = send_parcel(tenant_id)
        shown, cursor = everything_after(feed.cursor("beginning"))
        assert shown == [before], "the overtaking one waits for the one it overtook"
        now = feed.cursor("now")
        assert everything_after(now)[0] == []
    assert everything_after(cursor)[0] == [slow.event_id, overtaking]
    assert everything_after(now)[0] == [slow.event_id, overtaking]


@pytest.mark.postgres
def test_a_savepoint_does_not_give_a_later_position(tenant_id: UUID) -> None:
    with context.acting(tenant_id=tenant_id, actor=ADA), transaction.atomic():
        first = bus.publish(ParcelSentEvent(parcel_id=uuid7()))
        with transaction.atomic():
            second = bus.publish(ParcelSentEvent(parcel_id=uuid7()))
    positions = dict(StoredEvent.objects.values_list("id", "position"))
    assert positions[first] == positions[second]


@pytest.mark.postgres
def test_readers_miss_nothing_while_many_write_at_once(tenant_id: UUID) -> None:
    """Each cursor that a reader gets while writers race must lead to all the rest, in the order of the whole feed."""
    writers = [threading.Thread(target=_write, args=(tenant_id, 15), daemon=True) for _ in range(4)]
    for writer in writers:
        writer.start()
    seen: list[UUID] = []
    cursor = feed.cursor("beginning")
    while any(writer.is_alive() for writer in writers):
        shown, cursor = everything_after(cursor, limit=7)
        seen += shown
    for writer in writers:
        writer.join(20)
    rest, _ = everything_after(cursor, limit=1_000)
    whole = StoredEvent.objects.order_by("position", "id").values_list("id", flat=True)
    assert [*seen, *rest] == list(whole)
    assert len(whole) == 240


def _write(tenant_id: UUID, count: int) -> None:
    for _ in range(count):
        with context.acting(tenant_id=tenant_id, actor=ADA), transaction.atomic():
            for _ in range(4):  # the longer a transaction, the more overtake it
                bus.publish(ParcelSentEvent(parcel_id=uuid7()))
    connections.close_all()


@pytest.mark.postgres
def test_the_feed_is_read_by_index(tenant_id: UUID) -> None:
    with context.acting(tenant_id=tenant_id, actor=ADA), transaction.atomic():
        bus.publish_many([ParcelSentEvent(parcel_id=uuid7()) for _ in range(2_000)])
    cursor = feed.cursor("beginning")
    with connection.cursor() as statement:
        statement.execute("ANALYZE eventbus_event")
    following = StoredEvent.objects.filter(position__gte=cursor.position, position__lt=feed.horizon())
    plan = following.order_by("position", "id")[:50].explain()
    assert "eventbus_event_feed" in plan
    assert "Sort" not in plan
