"""PostgreSQL: one statement to publish, one to claim, one to complete.

`statement_timestamp()` may use an index (it is stable) and, unlike `now()`, does not stand still in a long transaction.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from gauzy.eventbus.choices import Outcome
from gauzy.eventbus.records import EVENT_COLUMNS, Claimed, Key, NewEvent
from gauzy.eventbus.stores.base import Store

# The transaction's id is the event's position in the feed; see `gauzy.eventops.feed`.
RECORD = f"""
WITH recorded AS (
    INSERT INTO eventbus_event ({EVENT_COLUMNS}, recorded_at, position)
    SELECT new.*, statement_timestamp(), pg_current_xact_id()::text::bigint
    FROM unnest(%s::uuid[], %s::text[], %s::smallint[], %s::uuid[], %s::text[], %s::uuid[], %s::text[], %s::uuid[],
                %s::uuid[], %s::text[], %s::smallint[], %s::timestamptz[], %s::text[], %s::text[], %s::jsonb[],
                %s::boolean[], %s::bigint[], %s::text[]) AS new
    ON CONFLICT (dedup_key) DO NOTHING
    RETURNING id
), skipped AS (
    INSERT INTO eventbus_receipt (event_id, handler, target, generation, outcome, reason, attempts, finished_at)
    SELECT s.event_id, s.handler, '', 0, 'skipped', s.reason, 0, statement_timestamp()
    FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS s (event_id, handler, reason)
    JOIN recorded ON recorded.id = s.event_id
)
INSERT INTO eventbus_delivery
    (event_id, handler, target, generation, due, owed_since, attempts, failures, crashes, dead_at, reason)
SELECT o.event_id, o.handler, '', 0, statement_timestamp() + o.delay * interval '1 second', statement_timestamp(),
       0, 0, 0, CASE WHEN o.reason <> '' THEN statement_timestamp() END, o.reason
FROM unnest(%s::uuid[], %s::text[], %s::float8[], %s::text[]) AS o (event_id, handler, delay, reason)
JOIN recorded ON recorded.id = o.event_id
"""

# `ctid = ANY(ARRAY(...))` walks the claim index once; `pk IN (SELECT ...)` reads twenty times the pages.
CLAIM = """
UPDATE eventbus_delivery AS d
SET lease_until = statement_timestamp() + %s * interval '1 second', lease_token = %s, attempts = d.attempts + 1,
    crashes = d.crashes + (d.lease_until IS NOT NULL)::int
FROM eventbus_event AS e
WHERE e.id = d.event_id AND d.ctid = ANY(ARRAY({selection}))
RETURNING d.due, d.event_id, d.handler, d.target, d.generation, d.attempts, d.failures, d.crashes, e.name, e.version,
          e.tenant_id, e.actor_kind, e.actor_id, e.actor_label, e.correlation_id, e.causation_id, e.causing_handler,
          e.depth, e.occurred_at, e.history, e.data
"""

FREE = """SELECT ctid FROM eventbus_delivery
    WHERE handler = %s AND dead_at IS NULL AND due <= {moment} AND lease_until IS NULL
    ORDER BY due LIMIT %s FOR UPDATE SKIP LOCKED"""

# Bounded: only the oldest 2,000 are looked at, so that a backlog is not walked for a few lost leases.
SUSPECT = """SELECT ctid FROM eventbus_delivery
    WHERE lease_until < statement_timestamp() AND dead_at IS NULL AND ctid = ANY(ARRAY(
        SELECT ctid FROM eventbus_delivery WHERE handler = %s AND dead_at IS NULL AND due <= statement_timestamp()
        ORDER BY due LIMIT 2000))
    LIMIT 1 FOR UPDATE SKIP LOCKED"""

OF_EVENT = """SELECT ctid FROM eventbus_delivery
    WHERE event_id = %s AND handler = ANY(%s) AND dead_at IS NULL AND lease_until IS NULL
    FOR UPDATE SKIP LOCKED"""

# Deleted and not inserted means: done before (a redelivery); not deleted means: the lease is lost.
COMPLETE = """
WITH held AS (
    SELECT * FROM unnest(%s::uuid[], %s::text[], %s::int[], %s::uuid[]) AS h (event_id, target, generation, token)
), gone AS (
    DELETE FROM eventbus_delivery AS d USING held
    WHERE d.event_id = held.event_id AND d.handler = %s AND d.target = held.target AND d.generation = held.generation
      AND d.lease_token = held.token
    RETURNING d.event_id, d.handler, d.target, d.generation, d.attempts
)
INSERT INTO eventbus_receipt (event_id, handler, target, generation, outcome, reason, attempts, finished_at)
SELECT event_id, handler, target, generation, %s, %s, attempts, statement_timestamp() FROM gone
ON CONFLICT DO NOTHING
RETURNING event_id, handler, target, generation
"""

DUE = """SELECT h FROM unnest(%s::text[]) AS h WHERE EXISTS (
    SELECT 1 FROM eventbus_delivery WHERE handler = h AND dead_at IS NULL AND due <= statement_timestamp()
    AND (lease_until IS NULL OR lease_until < statement_timestamp()))"""

SWEEP_LOCK = 0x6761757A79  # "gauzy"


class PostgresStore(Store):
    def _rows(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows

    def now(self) -> datetime:
        now: datetime = self._rows("SELECT statement_timestamp()", ())[0][0]
        return now

    def record(self, events: Sequence[NewEvent]) -> None:
        columns = [list(column) for column in zip(*(event.columns for event in events), strict=True)]
        skipped = _transposed([(e.id, *skip) for e in events for skip in e.skipped], width=3)
        owed = _transposed([(e.id, o.handler, o.delay, o.dead_reason) for e in events for o in e.owed], width=4)
        with self.connection.cursor() as cursor:
            cursor.execute(RECORD, [*columns, *skipped, *owed])

    def claim(self, handler: str, *, limit: int, lease: float, moment: datetime | None = None) -> list[Claimed]:
        selection = FREE.format(moment="statement_timestamp()" if moment is None else "%s")
        parameters = [handler, limit] if moment is None else [handler, moment, limit]
        return self._claimed(selection, parameters, lease)

    def claim_suspect(self, handler: str, *, lease: float) -> Claimed | None:
        found = self._claimed(SUSPECT, [handler], lease)
        return found[0] if found else None

    def claim_of_event(self, event_id: UUID, handlers: Sequence[str], *, lease: float) -> list[Claimed]:
        return self._claimed(OF_EVENT, [event_id, list(handlers)], lease)

    def complete(self, claims: Sequence[Claimed], outcome: Outcome, reason: str = "") -> set[Key]:
        keys = [claim.key for claim in claims]
        held = (
            [k.event_id for k in keys],
            [k.target for k in keys],
            [k.generation for k in keys],
            [c.token for c in claims],
        )
        rows = self._rows(COMPLETE, [*held, keys[0].handler, outcome.value, reason[:300]])
        return {Key(*row) for row in rows}

    def due_handlers(self, handlers: Iterable[str]) -> list[str]:
        return [handler for (handler,) in self._rows(DUE, [list(handlers)])]

    def try_sweep_lock(self) -> bool:
        return bool(self._rows("SELECT pg_try_advisory_xact_lock(%s)", [SWEEP_LOCK])[0][0])

    def _claimed(self, selection: str, parameters: Sequence[Any], lease: float) -> list[Claimed]:
        token = uuid4()
        rows = self._rows(CLAIM.format(selection=selection), [lease, token, *parameters])
        rows.sort(key=lambda row: row[0])  # RETURNING has no order; by due
        return [Claimed(*(Key(*row[1:5]), token, *row[5:20], _bytes(row[20]))) for row in rows]


def _transposed(rows: Sequence[tuple[Any, ...]], *, width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]


def _bytes(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else data
