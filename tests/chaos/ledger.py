"""The accounts of a run, read from the database by an onlooker of its own: what was owed, and what came of it."""

import sqlite3
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg.abc import Query

Share = tuple[str, str]  # event id (hex), handler id


class Ledger(ABC):
    """`handlers`: for each event name, who is owed it."""

    def __init__(self, handlers: Mapping[str, Sequence[str]]) -> None:
        self._handlers = handlers

    @abstractmethod
    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return what a query finds now."""

    def number(self, sql: str) -> int:
        return int(self.rows(sql)[0][0] or 0)

    def events(self, name: str = "") -> list[str]:
        """Return the ids of the stored events, of one name if it is given; oldest first."""
        rows = self.rows("SELECT id, name FROM eventbus_event ORDER BY id")
        return [_hex(event_id) for event_id, known in rows if name in ("", known)]

    def shares(self) -> set[Share]:
        """Return everything that was ever owed."""
        rows = self.rows("SELECT id, name FROM eventbus_event")
        return {(_hex(event_id), handler) for event_id, name in rows for handler in self._handlers[name]}

    def owed(self) -> set[Share]:
        return self._set("SELECT event_id, handler FROM eventbus_delivery WHERE dead_at IS NULL")

    def dead(self) -> set[Share]:
        return self._set("SELECT event_id, handler FROM eventbus_delivery WHERE dead_at IS NOT NULL")

    def receipts(self, outcome: str = "") -> Counter[Share]:
        """Return what is over, and how often it is on record; the targets of a handler count as one."""
        rows = self.rows("SELECT event_id, handler, target, outcome FROM eventbus_receipt")
        counted = Counter((_hex(event_id), *share) for event_id, *share, known in rows if outcome in ("", known))
        together: Counter[Share] = Counter()
        for (event_id, handler, _), count in counted.items():
            together[event_id, handler] = max(together[event_id, handler], count)
        return together

    def effects(self) -> Counter[Share]:
        return Counter(self._pairs("SELECT event_id, handler FROM jobs_effect"))

    def is_settled(self) -> bool:
        return not self.owed()

    def assert_balanced(self) -> None:
        """Events x handlers = receipts + dead; and each effect, of the jobs and of the product, is there once."""
        receipts, dead = self.receipts(), self.dead()
        assert set(receipts) | dead == self.shares(), self._difference(set(receipts) | dead, self.shares())
        assert not set(receipts) & dead, "done and dead at once"
        assert max(receipts.values(), default=1) == 1, "a receipt is there twice"
        self._assert_effects_once()

    def _assert_effects_once(self) -> None:
        done = self.receipts("done")
        expected = {share for share in done if share[1].startswith("jobs.")}
        effects = self.effects()
        assert set(effects) == expected, self._difference(set(effects), expected)
        assert set(effects.values()) <= {1}, f"doubled: {[share for share, count in effects.items() if count > 1]}"
        jobs = self.number("SELECT count(*) FROM jobs_job")
        assert jobs == len(self.events("jobs.job_started")), "an event without its row, or a row without its event"
        logged = [_hex(event_id) for (event_id,) in self.rows("SELECT event_id FROM activitylog_activitylog")]
        assert sorted(logged) == sorted(self.events()), "the activity log has each event once"
        counted = self.number("SELECT sum(count) FROM analytics_dailycount WHERE metric LIKE '%.%'")
        assert counted == len(self.events()), f"{counted} counted, {len(self.events())} there"

    def report(self) -> str:
        """Say what is owed and what failed."""
        deliveries = self.rows("SELECT * FROM eventbus_delivery LIMIT 20")
        failures = self.rows(
            "SELECT event_id, handler, attempt, kind, error_text FROM eventbus_failure ORDER BY failed_at DESC LIMIT 20"
        )
        counts = f"{len(self.events())} events, {len(self.owed())} owed, {len(self.dead())} dead"
        return "\n".join([counts, *map(str, deliveries), "failures:", *map(str, failures)])

    def _pairs(self, sql: str) -> list[Share]:
        return [(_hex(event_id), handler) for event_id, handler in self.rows(sql)]

    def _set(self, sql: str) -> set[Share]:
        return set(self._pairs(sql))

    def _difference(self, found: set[Share], expected: set[Share]) -> str:
        return f"missing: {sorted(expected - found)[:10]}; too much: {sorted(found - expected)[:10]}\n{self.report()}"


class PostgresLedger(Ledger):
    def __init__(self, url: str, handlers: Mapping[str, Sequence[str]]) -> None:
        super().__init__(handlers)
        self._url = url

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        query: Query = sql.encode()
        with self.connect() as connection:
            return connection.execute(query).fetchall()

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self._url)


class SqliteLedger(Ledger):
    def __init__(self, file: Path, handlers: Mapping[str, Sequence[str]]) -> None:
        super().__init__(handlers)
        self._file = file

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self._file, timeout=20)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()


def _hex(value: object) -> str:
    return str(value).replace("-", "")
