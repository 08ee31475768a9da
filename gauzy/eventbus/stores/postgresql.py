"""PostgreSQL: one statement to publish, one to claim, one to complete.

`statement_timestamp()` may use an index (it is stable) and, unlike `now()`, does not stand still in a long transaction.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any
from uuid import uuid4

import psycopg
from psycopg.pq import TransactionStatus

from gauzy.eventbus.choices import Outcome
from gauzy.eventbus.records import Claimed, Key, Lane, NewEvent
from gauzy.eventbus.stores.base import Store
from gauzy.eventbus.stores.postgresql_recording import array, recording

LOCK_KEYS = """SELECT pg_advisory_xact_lock(hashtextextended(%s || ' ' || key, 0))
FROM (SELECT DISTINCT key FROM unnest(%s::text[]) AS key ORDER BY key) AS keys"""

# `ctid = ANY(ARRAY(...))` walks the claim index once; `pk IN (SELECT ...)` reads twenty times the pages.
CLAIM = """
UPDATE eventbus_delivery AS d
SET lease_until = statement_timestamp() + %(lease)s::float8 * interval '1 second', lease_token = %(token)s,
    attempts = d.attempts + 1, crashes = d.crashes + (d.lease_until IS NOT NULL)::int
FROM eventbus_event AS e {quickly}
WHERE e.id = d.event_id AND d.ctid = ANY(ARRAY({selection}))
RETURNING d.event_id, d.handler, d.target, d.generation, d.attempts, d.failures, d.crashes, e.name, e.version,
          e.tenant_id, e.actor_kind, e.actor_id, e.actor_label, e.on_behalf_of_id, e.correlation_id, e.causation_id,
          e.causing_handler, e.depth, e.occurred_at, e.history, d.ordering_key, d.due,
          coalesce(d.edited, e.data)::text, d.order_number, d.ctid::text
"""
# A claim need not be on disk before its work begins: one that a crash of the server undoes is made again.
QUICKLY = ", (SELECT set_config('synchronous_commit', 'off', true)) AS quickly"

FREE = """SELECT ctid FROM eventbus_delivery
    WHERE handler = %(handler)s AND dead_at IS NULL AND due <= {moment} {since} AND lease_until IS NULL
    ORDER BY due LIMIT %(limit)s FOR UPDATE SKIP LOCKED"""

# Bounded: only the oldest 2,000 are looked at, so that a backlog is not walked for a few lost leases.
SUSPECT = """SELECT ctid FROM eventbus_delivery
    WHERE lease_until < statement_timestamp() AND dead_at IS NULL AND ctid = ANY(ARRAY(
        SELECT ctid FROM eventbus_delivery
        WHERE handler = %(handler)s AND dead_at IS NULL AND due <= statement_timestamp()
        ORDER BY due LIMIT 2000))
    LIMIT 1 FOR UPDATE SKIP LOCKED"""

# One step per key to its head, until one is free. The head is leased only as the version that this statement saw:
# if anybody touched it meanwhile, nothing is claimed.
RUN = """SELECT ctid FROM (
    WITH RECURSIVE keys (key) AS (
        SELECT min(ordering_key) FROM eventbus_delivery WHERE handler = %(handler)s {behind}
        UNION ALL
        SELECT (SELECT min(ordering_key) FROM eventbus_delivery WHERE handler = %(handler)s AND ordering_key > keys.key)
        FROM keys WHERE keys.key IS NOT NULL
    ), head AS MATERIALIZED (
        SELECT keys.key, locked.order_number FROM keys CROSS JOIN LATERAL (
            SELECT ctid, order_number, dead_at, due, lease_until FROM eventbus_delivery
            WHERE handler = %(handler)s AND ordering_key = keys.key {alive}
            ORDER BY order_number LIMIT 1
        ) AS first CROSS JOIN LATERAL (
            SELECT order_number FROM eventbus_delivery WHERE ctid = first.ctid AND {free} FOR UPDATE SKIP LOCKED
        ) AS locked LIMIT 1
    )
    SELECT run.ctid, bool_and({free}) OVER (ORDER BY run.order_number) AS free
    FROM head CROSS JOIN LATERAL (
        SELECT ctid, order_number, dead_at, due, lease_until FROM eventbus_delivery
        WHERE handler = %(handler)s AND ordering_key = head.key AND order_number >= head.order_number {alive}
        ORDER BY order_number LIMIT %(limit)s
    ) AS run
) AS candidates WHERE free"""

ALIVE = "AND dead_at IS NULL"
HEAD_FREE = "dead_at IS NULL AND due <= {moment} AND lease_until IS NULL"
HEAD_SUSPECT = "dead_at IS NULL AND lease_until < statement_timestamp()"

# Deleted and not inserted means: done before (a redelivery); not deleted means: the lease is lost.
COMPLETE = """
WITH gone AS (
    DELETE FROM eventbus_delivery AS d WHERE d.handler = %s AND d.lease_token = %s AND {which}
    RETURNING d.event_id, d.handler, d.target, d.generation, d.attempts
)
INSERT INTO eventbus_receipt (event_id, handler, target, generation, outcome, reason, attempts, finished_at)
SELECT event_id, handler, target, generation, %s::text, %s::text, greatest(attempts, 1), statement_timestamp()
FROM gone
ON CONFLICT DO NOTHING
RETURNING event_id, handler, target, generation
"""
ONE = "d.event_id = %s AND d.target = %s AND d.generation = %s"
SEVERAL = "d.event_id = ANY(%s::uuid[])"  # a batch has no targets, and all its generations are of one claim

# By its place a row is found whatever the statistics, so that this plan cannot age; a lease that was renewed moved it.
COMPLETE_AT_ITS_PLACE = COMPLETE.format(which=f"d.ctid = %s::tid AND {ONE}")

IS_HEAD = """AND NOT EXISTS (SELECT 1 FROM eventbus_delivery AS e WHERE e.handler = d.handler
    AND e.ordering_key = d.ordering_key AND e.order_number < d.order_number {alive})"""

OWE = """INSERT INTO eventbus_delivery
    (event_id, handler, target, generation, due, owed_since, attempts, failures, crashes, reason)
SELECT %s, %s, target, %s, statement_timestamp(), statement_timestamp(), 0, 0, 0, '' FROM unnest(%s::text[]) AS target
ON CONFLICT DO NOTHING"""

# Drains take the oldest first, so their leases are among the first hundreds.
DRAINS = """SELECT count(DISTINCT lease_token) FROM (
    SELECT lease_token, lease_until FROM eventbus_delivery
    WHERE handler = %s AND dead_at IS NULL AND due <= statement_timestamp() ORDER BY due LIMIT 500
) AS oldest WHERE lease_until > statement_timestamp()"""

DUE = """SELECT h FROM unnest(%s::text[]) AS h WHERE EXISTS (
    SELECT 1 FROM eventbus_delivery WHERE handler = h AND dead_at IS NULL AND due <= statement_timestamp()
    AND (lease_until IS NULL OR lease_until < statement_timestamp()))"""

SWEEP_LOCK = 0x6761757A79  # "gauzy"


class PostgresStore(Store):
    def _rows(self, sql: str, parameters: Sequence[Any] | dict[str, Any], *, prepare: bool = False) -> list[Any]:
        """Execute past Django's cursor, which binds in the client and reads text; unless somebody listens there.

        prepare: for statements whose plan cannot age, as of an INSERT: one made while a table was empty would scan it
        when full.
        """
        connection = self.connection
        connection.close_if_health_check_failed()  # as Django's cursor begins
        connection.ensure_connection()
        raw = connection.connection
        if (prepare and raw.prepare_threshold is None) or connection.queries_logged or connection.execute_wrappers:
            with connection.cursor() as cursor:
                cursor.execute(sql, parameters)
                return cursor.fetchall() if cursor.description else []
        connection.validate_no_broken_transaction()
        with connection.wrap_database_errors, psycopg.Cursor(raw) as direct:
            direct.execute(sql, parameters, prepare=prepare, binary=True)
            return direct.fetchall() if direct.pgresult and direct.pgresult.nfields else []

    @property
    def is_doomed(self) -> bool:
        """Also after an error in a statement of the driver's own cursor, which Django does not note."""
        return super().is_doomed or self.connection.connection.info.transaction_status is TransactionStatus.INERROR

    def now(self) -> datetime:
        now: datetime = self._rows("SELECT statement_timestamp()", ())[0][0]
        return now

    def record(self, events: Sequence[NewEvent]) -> None:
        self._rows(*recording(events), prepare=True)

    def claim(
        self, handler: str, *, limit: int, lease: float, moment: datetime | None = None, since: datetime | None = None
    ) -> list[Claimed]:
        selection = FREE.format(moment=_moment(moment), since="" if since is None else "AND due >= %(since)s")
        return self._claimed(selection, lease, handler=handler, limit=limit, moment=moment, since=since)

    def claim_suspect(self, handler: str, *, lease: float) -> Claimed | None:
        found = self._claimed(SUSPECT, lease, handler=handler)
        return found[0] if found else None

    def claim_run(
        self, lane: Lane, *, limit: int, lease: float, moment: datetime | None = None, suspect: bool = False
    ) -> list[Claimed]:
        free = HEAD_SUSPECT if suspect else HEAD_FREE.format(moment=_moment(moment))
        behind = f"AND ordering_key {'>=' if lane.after_key is None else '>'} %(after_key)s"
        selection = RUN.format(free=free, alive=_alive(lane), behind=behind)
        limit = 1 if suspect else limit
        return self._claimed(
            selection, lease, handler=lane.handler, after_key=lane.after_key or "", limit=limit, moment=moment
        )

    def order_numbers(self, handler: str, keys: Sequence[str]) -> list[int]:
        self._rows(LOCK_KEYS, [handler, list(keys)])
        rows = self._rows("SELECT nextval('eventbus_order') FROM generate_series(1, %s)", [len(keys)])
        return sorted(number for (number,) in rows)

    def complete(self, claims: Sequence[Claimed], outcome: Outcome, reason: str = "") -> set[Key]:
        first, result = claims[0], (outcome.value, reason[:300])
        if len(claims) > 1:
            event_ids = array([claim.key.event_id for claim in claims])
            return self._completed(COMPLETE.format(which=SEVERAL), first, [event_ids, *result])
        found: set[Key] = set()
        if first.place:
            parameters = [first.place, *_one(first), *result]
            found = self._completed(COMPLETE_AT_ITS_PLACE, first, parameters, prepare=True)
        return found or self._completed(COMPLETE.format(which=ONE), first, [*_one(first), *result])

    def complete_head(self, claim: Claimed, lane: Lane, outcome: Outcome, reason: str = "") -> bool:
        which = f"{ONE} {IS_HEAD.format(alive=_alive(lane))}"
        sql = COMPLETE.format(which=which)
        return bool(self._completed(sql, claim, [*_one(claim), outcome.value, reason[:300]]))

    def owe(self, key: Key, targets: Sequence[str]) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(OWE, [key.event_id, key.handler, key.generation, list(targets)])

    def due_handlers(self, handlers: Iterable[str]) -> list[str]:
        return [handler for (handler,) in self._rows(DUE, [list(handlers)])]

    def drains_of(self, handler: str) -> int:
        count: int = self._rows(DRAINS, [handler])[0][0]
        return count

    def try_sweep_lock(self) -> bool:
        return bool(self._rows("SELECT pg_try_advisory_xact_lock(%s)", [SWEEP_LOCK])[0][0])

    def _completed(self, sql: str, first: Claimed, parameters: Sequence[Any], *, prepare: bool = False) -> set[Key]:
        rows = self._rows(sql, [first.key.handler, first.token, *parameters], prepare=prepare)
        return {Key(*row[:4]) for row in rows}

    def _claimed(self, selection: str, lease: float, **parameters: Any) -> list[Claimed]:
        token = uuid4()
        sql = CLAIM.format(selection=selection, quickly="" if self.connection.in_atomic_block else QUICKLY)
        rows = self._rows(sql, {"lease": lease, "token": token, **parameters})
        rows.sort(key=itemgetter(21) if rows and rows[0][23] is None else itemgetter(23))  # RETURNING has no order
        return [Claimed(*(Key(*row[:4]), token, *row[4:22], _bytes(row[22]), row[24])) for row in rows]


def _moment(moment: datetime | None) -> str:
    return "statement_timestamp()" if moment is None else "%(moment)s"


def _alive(lane: Lane) -> str:
    return ALIVE if lane.passes_dead else ""


def _one(claim: Claimed) -> list[Any]:
    return [claim.key.event_id, claim.key.target, claim.key.generation]


def _bytes(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else data
