"""SQLite: several statements in one `IMMEDIATE` transaction, whose write lock stands for PostgreSQL's row locks.

Every claim looks before it locks, so that idling takes no write lock from requests.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from operator import itemgetter
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from gauzy.eventbus.choices import Outcome
from gauzy.eventbus.records import EVENT_COLUMNS, UNCLAIMED, Claimed, Key, Lane, NewEvent
from gauzy.eventbus.stores.base import Store

INSERT_EVENT = f"""INSERT INTO eventbus_event ({EVENT_COLUMNS}, recorded_at, position)
    VALUES ({", ".join(["%s"] * 20)}, (SELECT coalesce(max(position), 0) + 1 FROM eventbus_event))
    ON CONFLICT (dedup_key) DO NOTHING"""

INSERT_DELIVERY = """INSERT INTO eventbus_delivery
    (event_id, handler, target, generation, due, owed_since, attempts, failures, crashes, dead_at, reason, ordering_key,
     order_number, lease_token)
    VALUES (%s, %s, '', 0, %s, %s, 0, 0, 0, %s, %s, %s, %s, %s)"""

# Only what is owed has an order: behind the last of a key is behind them all.
LAST_NUMBER = (
    """SELECT coalesce(max(order_number), 0) FROM eventbus_delivery WHERE handler = %s AND ordering_key = %s"""
)

OWE = """INSERT INTO eventbus_delivery
    (event_id, handler, target, generation, due, owed_since, attempts, failures, crashes, reason)
    VALUES (%s, %s, %s, %s, %s, %s, 0, 0, 0, '') ON CONFLICT DO NOTHING"""

INSERT_RECEIPT = """INSERT INTO eventbus_receipt
    (event_id, handler, target, generation, outcome, reason, attempts, finished_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"""

FREE = "handler = %s AND dead_at IS NULL AND due <= %s AND lease_until IS NULL"
SUSPECT = "handler = %s AND dead_at IS NULL AND due <= %s AND lease_until < %s"

LEASE = """UPDATE eventbus_delivery
    SET crashes = crashes + (lease_until IS NOT NULL), lease_until = %s, lease_token = %s, attempts = attempts + 1
    WHERE rowid IN (SELECT rowid FROM eventbus_delivery WHERE {where} ORDER BY due LIMIT %s)"""

LEASED = """SELECT d.event_id, d.handler, d.target, d.generation, d.attempts, d.failures, d.crashes, e.name, e.version,
    e.tenant_id, e.actor_kind, e.actor_id, e.actor_label, e.on_behalf_of_id, e.correlation_id, e.causation_id,
    e.causing_handler, e.depth, e.occurred_at, e.history, d.ordering_key, d.due, coalesce(d.edited, e.data)
    FROM eventbus_delivery AS d JOIN eventbus_event AS e ON e.id = d.event_id
    WHERE d.handler = %s AND d.lease_token = %s ORDER BY d.order_number, d.due"""

COMPLETE = """DELETE FROM eventbus_delivery
    WHERE event_id = %s AND handler = %s AND target = %s AND generation = %s AND lease_token = %s
    {fence} RETURNING attempts"""

IS_HEAD = """AND NOT EXISTS (SELECT 1 FROM eventbus_delivery AS e WHERE e.handler = eventbus_delivery.handler
    AND e.ordering_key = eventbus_delivery.ordering_key AND e.order_number < eventbus_delivery.order_number {alive})"""

# The first key whose head is free, and how far the free ones go from there.
HEAD = """WITH RECURSIVE keys (key) AS (
        SELECT min(ordering_key) FROM eventbus_delivery WHERE handler = %s {behind}
        UNION ALL
        SELECT (SELECT min(ordering_key) FROM eventbus_delivery WHERE handler = %s AND ordering_key > keys.key)
        FROM keys WHERE keys.key IS NOT NULL
    )
    SELECT keys.key FROM keys WHERE (
        SELECT {free} FROM eventbus_delivery WHERE handler = %s AND ordering_key = keys.key {alive}
        ORDER BY order_number LIMIT 1
    ) LIMIT 1"""

RUN = """SELECT order_number, {free} FROM eventbus_delivery WHERE handler = %s AND ordering_key = %s {alive}
    ORDER BY order_number LIMIT %s"""

ALIVE = "AND dead_at IS NULL"
HEAD_FREE = "dead_at IS NULL AND due <= %s AND lease_until IS NULL"
HEAD_SUSPECT = "dead_at IS NULL AND lease_until < %s"

DRAINS = """SELECT count(DISTINCT lease_token) FROM (
    SELECT lease_token, lease_until FROM eventbus_delivery
    WHERE handler = %s AND dead_at IS NULL AND due <= %s ORDER BY due LIMIT 500) WHERE lease_until > %s"""

DUE = """SELECT 1 FROM eventbus_delivery WHERE handler = %s AND dead_at IS NULL AND due <= %s
    AND (lease_until IS NULL OR lease_until < %s) LIMIT 1"""


class SqliteStore(Store):
    def _rows(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql, [self._adapted(value) for value in parameters])
            rows: list[tuple[Any, ...]] = cursor.fetchall() if cursor.description else []
            return rows

    def _adapted(self, value: Any) -> Any:
        if isinstance(value, UUID):
            return value.hex
        if isinstance(value, datetime):
            return self.connection.ops.adapt_datetimefield_value(value)
        return value.decode() if isinstance(value, bytes) else value

    def now(self) -> datetime:
        return timezone.now()

    def record(self, events: Sequence[NewEvent]) -> None:
        now = self.now()
        for event in events:
            if not self._insert(INSERT_EVENT, (*event.columns, now)):
                continue
            for owed in event.owed:
                dead_at = now if owed.dead_reason else None
                due = now + timedelta(seconds=owed.delay)
                key = owed.ordering_key
                order = (key, None if key is None else self.order_numbers(owed.handler, [key])[0])
                self._insert(
                    INSERT_DELIVERY, (event.id, owed.handler, due, now, dead_at, owed.dead_reason, *order, UNCLAIMED)
                )
            for handler, reason in event.skipped:
                self._insert(INSERT_RECEIPT, (event.id, handler, "", 0, Outcome.SKIPPED.value, reason, 0, now))

    def claim(
        self, handler: str, *, limit: int, lease: float, moment: datetime | None = None, since: datetime | None = None
    ) -> list[Claimed]:
        """There are no dead entries to pass by here: `since` is left aside."""
        return self._claimed(FREE, [handler, moment or self.now()], handler, limit, lease)

    def claim_suspect(self, handler: str, *, lease: float) -> Claimed | None:
        now = self.now()
        found = self._claimed(SUSPECT, [handler, now, now], handler, 1, lease)
        return found[0] if found else None

    def claim_run(
        self, lane: Lane, *, limit: int, lease: float, moment: datetime | None = None, suspect: bool = False
    ) -> list[Claimed]:
        free, now, alive = HEAD_SUSPECT if suspect else HEAD_FREE, moment or self.now(), _alive(lane)
        behind = [] if lane.after_key is None else [lane.after_key]
        head = HEAD.format(free=free, alive=alive, behind="AND ordering_key > %s" if behind else "")
        parameters = [lane.handler, *behind, lane.handler, now, lane.handler]
        if not self._rows(head, parameters):
            return []
        with self.atomic():
            for (key,) in self._rows(head, parameters):
                run = RUN.format(free=free, alive=alive)
                rows = self._rows(run, [now, lane.handler, key, 1 if suspect else limit])
                numbers = [number for number, _ in takewhile(itemgetter(1), rows)]
                where = "handler = %s AND ordering_key = %s AND order_number BETWEEN %s AND %s"
                chosen = [lane.handler, key, numbers[0], numbers[-1]]
                return self._claimed(f"{where} {alive}", chosen, lane.handler, len(numbers), lease)
        return []

    def order_numbers(self, handler: str, keys: Sequence[str]) -> list[int]:
        last = {key: self._rows(LAST_NUMBER, [handler, key])[0][0] for key in set(keys)}
        numbers: list[int] = []
        for key in keys:
            last[key] += 1
            numbers.append(last[key])
        return numbers

    def complete(self, claims: Sequence[Claimed], outcome: Outcome, reason: str = "") -> set[Key]:
        return {claim.key for claim in claims if self._complete(COMPLETE.format(fence=""), claim, outcome, reason)}

    def complete_head(self, claim: Claimed, lane: Lane, outcome: Outcome, reason: str = "") -> bool:
        return self._complete(COMPLETE.format(fence=IS_HEAD.format(alive=_alive(lane))), claim, outcome, reason)

    def owe(self, key: Key, targets: Sequence[str]) -> None:
        now = self.now()
        for target in targets:
            self._insert(OWE, (key.event_id, key.handler, target, key.generation, now, now))

    def due_handlers(self, handlers: Iterable[str]) -> list[str]:
        now = self.now()
        return [handler for handler in handlers if self._rows(DUE, [handler, now, now])]

    def drains_of(self, handler: str) -> int:
        now = self.now()
        count: int = self._rows(DRAINS, [handler, now, now])[0][0]
        return count

    def try_sweep_lock(self) -> bool:
        return True  # one machine: an idle look costs less than a lock

    def _complete(self, sql: str, claim: Claimed, outcome: Outcome, reason: str) -> bool:
        key = claim.key
        gone = self._rows(sql, [key.event_id, key.handler, key.target, key.generation, claim.token])
        receipt = (
            key.event_id,
            key.handler,
            key.target,
            key.generation,
            outcome.value,
            reason[:300],
            claim.attempt,
            self.now(),
        )
        return bool(gone) and self._insert(INSERT_RECEIPT, receipt)

    def _insert(self, sql: str, values: Sequence[Any]) -> bool:
        with self.connection.cursor() as cursor:
            cursor.execute(sql, [self._adapted(value) for value in values])
            return bool(cursor.rowcount)

    def _claimed(self, where: str, parameters: list[Any], handler: str, limit: int, lease: float) -> list[Claimed]:
        if not self._rows(f"SELECT 1 FROM eventbus_delivery WHERE {where} LIMIT 1", parameters):
            return []
        token = uuid4()
        with self.atomic():
            until = self.now() + timedelta(seconds=lease)
            self._rows(LEASE.format(where=where), [until, token, *parameters, limit])
            rows = self._rows(LEASED, [handler, token])
        return [_claimed(row, token) for row in rows]


def _alive(lane: Lane) -> str:
    return ALIVE if lane.passes_dead else ""


def _claimed(row: tuple[Any, ...], token: UUID) -> Claimed:
    """Build what PostgreSQL's driver would: SQLite has no UUIDs, booleans or times of its own."""
    event_id, handler, target, generation, *rest = row
    columns = {name: TYPES[name](value) if name in TYPES else value for name, value in zip(COLUMNS, rest, strict=True)}
    return Claimed(key=Key(UUID(event_id), handler, target, generation), token=token, **columns)


def _uuid(value: str | None) -> UUID | None:
    return UUID(value) if value else None


def _instant(value: str | datetime) -> datetime:
    parsed = parse_datetime(value) if isinstance(value, str) else value
    if parsed is None:
        raise ValueError(f"Not a time: {value!r}")
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


COLUMNS = Claimed.__struct_fields__[2:-1]  # as LEASED selects them, after the key
TYPES: dict[str, Callable[[Any], Any]] = {
    "tenant_id": _uuid,
    "actor_id": _uuid,
    "on_behalf_of_id": _uuid,
    "correlation_id": _uuid,
    "causation_id": _uuid,
    "occurred_at": _instant,
    "due": _instant,
    "history": bool,
    "data": str.encode,
}
