"""The activity log as CSV, however long, in little memory."""

import csv
from collections.abc import AsyncIterator, Iterable, Iterator
from itertools import islice

from asgiref.sync import sync_to_async

from activitylog.models import ActivityLog
from gauzy.rest.spreadsheets import harmless

LINES_AT_ONCE = 500

COLUMNS = (
    *("occurred_at", "description", "event", "entity_type", "entity_id", "action", "changes"),
    *(
        "actor_kind",
        "actor_id",
        "actor_label",
        "organization_id",
        "correlation_id",
        "causation_id",
        "causing_handler",
        "event_id",
    ),
)


class _Line:
    """What `csv.writer` writes to: hands the line back."""

    def write(self, line: str) -> str:
        return line


def csv_lines(activities: Iterable[ActivityLog]) -> Iterator[str]:
    """Yield the header and one line per activity."""
    writer = csv.writer(_Line())
    yield writer.writerow(COLUMNS)
    for activity in activities:
        yield writer.writerow([_cell(activity, column) for column in COLUMNS])


def _cell(activity: ActivityLog, column: str) -> str:
    value = getattr(activity, column)
    if column == "occurred_at":
        return str(value.isoformat())
    if column == "changes":
        value = "; ".join(f"{change['field']}: {change['old']} → {change['new']}" for change in value)
    return harmless("" if value is None else str(value))


def streamed(lines: Iterator[str], *, asynchronously: bool) -> Iterator[str] | AsyncIterator[str]:
    """Return `lines` in portions, in the form that the server sends on at once: it reads the other whole before."""
    portions = iter(lambda: "".join(islice(lines, LINES_AT_ONCE)), "")
    return _awaited(portions) if asynchronously else portions


async def _awaited(portions: Iterator[str]) -> AsyncIterator[str]:
    def following() -> str:
        return next(portions, "")

    while portion := await sync_to_async(following)():
        yield portion
