"""PostgreSQL: the one statement that stores events with what is owed of them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from gauzy.eventbus.handler import Owed
from gauzy.eventbus.records import EVENT_COLUMNS, UNCLAIMED, NewEvent

# What one call's events have in common comes as it is, what differs in arrays, written as text: psycopg would ask about
# each element what it is. The transaction's id is the event's position in the feed; see `gauzy.eventops.feed`.
RECORDED = f"""
WITH new AS MATERIALIZED (
    SELECT * FROM unnest(%s::uuid[], %s::text[], %s::smallint[], %s::uuid[], %s::timestamptz[], %s::text[], %s::text[],
                         %s::jsonb[], %s::bigint[], %s::int[])
        AS n (id, name, version, tenant_id, occurred_at, subject_type, subject_id, data, known_handlers, plan)
), recorded AS (
    INSERT INTO eventbus_event ({EVENT_COLUMNS}, recorded_at, position)
    SELECT id, name, version, tenant_id, %s::text, %s::uuid, %s::text, %s::uuid, %s::uuid, %s::uuid, %s::text,
           %s::smallint, occurred_at, subject_type, subject_id, data, %s::boolean, known_handlers, %s::text,
           statement_timestamp(), pg_current_xact_id()::text::bigint
    FROM new
    ON CONFLICT (dedup_key) DO NOTHING
    RETURNING id
), skipped AS (
    INSERT INTO eventbus_receipt (event_id, handler, target, generation, outcome, reason, attempts, finished_at)
    SELECT s.event_id, s.handler, '', 0, 'skipped', s.reason, 0, statement_timestamp()
    FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS s (event_id, handler, reason)
    WHERE EXISTS (SELECT 1 FROM recorded)
)
"""

# Events that owe the same share a plan. Only a publish of one event has a dedup key: recorded are all or none.
RECORD = f"""{RECORDED}
INSERT INTO eventbus_delivery
    (event_id, handler, target, generation, due, owed_since, attempts, failures, crashes, dead_at, reason, lease_token)
SELECT new.id, o.handler, '', 0, statement_timestamp() + o.delay * interval '1 second', statement_timestamp(),
       0, 0, 0, CASE WHEN o.reason <> '' THEN statement_timestamp() END, o.reason, '{UNCLAIMED}'
FROM new JOIN unnest(%s::int[], %s::text[], %s::float8[], %s::text[]) AS o (plan, handler, delay, reason) USING (plan)
WHERE EXISTS (SELECT 1 FROM recorded)
"""

# A key's number is drawn while its lock is held, which lasts until the publisher's commit: so numbers are in commit
# order. Keys are locked in one order, whatever the order of the events.
RECORD_ORDERED = f"""{RECORDED}, owed AS MATERIALIZED (
    SELECT * FROM unnest(%s::uuid[], %s::text[], %s::float8[], %s::text[], %s::text[])
        WITH ORDINALITY AS o (event_id, handler, delay, reason, key, place)
), locked AS MATERIALIZED (
    SELECT handler, key, pg_advisory_xact_lock(hashtextextended(handler || ' ' || key, 0))
    FROM (SELECT DISTINCT handler, key FROM owed WHERE key IS NOT NULL ORDER BY handler, key) AS keys
)
INSERT INTO eventbus_delivery
    (event_id, handler, target, generation, due, owed_since, attempts, failures, crashes, dead_at, reason, lease_token,
     ordering_key, order_number)
SELECT event_id, handler, '', 0, clock_timestamp() + delay * interval '1 second', clock_timestamp(),
       0, 0, 0, CASE WHEN reason <> '' THEN statement_timestamp() END, reason, '{UNCLAIMED}', key,
       CASE WHEN key IS NOT NULL THEN nextval('eventbus_order') END
FROM (
    SELECT owed.* FROM owed LEFT JOIN locked USING (handler, key) WHERE EXISTS (SELECT 1 FROM recorded) ORDER BY place
) AS o
"""

OF_EACH = (0, 1, 2, 3, 12, 13, 14, 15, 17)  # places in EVENT_COLUMNS of what differs from event to event
OF_ALL = (4, 5, 6, 7, 8, 9, 10, 11, 16, 18)  # and of what one call's events share: their context


def recording(events: Sequence[NewEvent]) -> tuple[str, list[Any]]:
    """Return the statement that stores these events of one call, and its parameters."""
    skipped = _transposed([(e.id, *skip) for e in events for skip in e.skipped], width=3)
    if any(owed.ordering_key is not None for event in events for owed in event.owed):
        sql, plans, owed = RECORD_ORDERED, [0] * len(events), _each_owed(events)
    else:
        sql, (plans, owed) = RECORD, _plans(events)
    of_each = [[event.columns[place] for event in events] for place in OF_EACH]
    of_all = [events[0].columns[place] for place in OF_ALL]
    return sql, [*map(array, of_each), array(plans), *of_all, *map(array, skipped), *map(array, owed)]


def _each_owed(events: Sequence[NewEvent]) -> list[list[Any]]:
    rows = [(e.id, o.handler, o.delay, o.dead_reason, o.ordering_key) for e in events for o in e.owed]
    return _transposed(rows, width=5)


def _plans(events: Sequence[NewEvent]) -> tuple[list[int], list[list[Any]]]:
    """Number what events owe: a number for each event, and the deliveries of each number."""
    numbers: dict[tuple[Owed, ...], int] = {}
    plans = [numbers.setdefault(tuple(event.owed), len(numbers)) for event in events]
    rows = [(number, o.handler, o.delay, o.dead_reason) for owed, number in numbers.items() for o in owed]
    return plans, _transposed(rows, width=4)


def _transposed(rows: Sequence[tuple[Any, ...]], *, width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]


def array(values: Sequence[Any]) -> str:
    """Write an array as PostgreSQL reads it."""
    return "{" + ",".join([_element(value) for value in values]) + "}"


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return value.hex if isinstance(value, UUID) else str(value)
