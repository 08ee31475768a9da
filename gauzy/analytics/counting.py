"""Adding to daily counts: one statement, whatever their number, safe among workers that count the same."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from gauzy.analytics.models import NO_TENANT, DailyCount
from gauzy.eventbus.ids import uuid7

_COLUMNS = ("id", "tenant_key", "metric", "day", "count")


@dataclass(frozen=True, slots=True, order=True)
class CountKey:
    """What is counted apart from everything else."""

    tenant_key: UUID
    metric: str
    day: date


def count_key(*, tenant_id: UUID | None, metric: str, occurred_at: datetime) -> CountKey:
    return CountKey(tenant_id or NO_TENANT, metric, occurred_at.astimezone(UTC).date())


def add(amounts: Mapping[CountKey, int]) -> None:
    """Add each amount to its count. `bulk_create` cannot say "count + new", hence SQL (PostgreSQL and SQLite)."""
    if not amounts:
        return
    quote = connection.ops.quote_name
    table, columns = quote(DailyCount._meta.db_table), ", ".join(map(quote, _COLUMNS))
    rows = ", ".join(["(%s, %s, %s, %s, %s)"] * len(amounts))
    # Sorted: two workers that lock the same rows in different orders would deadlock.
    values = [value for key in sorted(amounts) for value in _database_values((uuid7(), *astuple(key), amounts[key]))]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) VALUES {rows} "  # noqa: S608  names and placeholders only
            f"ON CONFLICT (tenant_key, metric, day) DO UPDATE SET count = {table}.count + excluded.count",
            values,
        )


def _database_values(row: tuple[Any, ...]) -> list[Any]:
    fields: list[Any] = [DailyCount._meta.get_field(name) for name in _COLUMNS]
    return [field.get_db_prep_value(value, connection) for field, value in zip(fields, row, strict=True)]
