"""A period as people look at it: what was worked on, by local day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from timetracking.calendar import Unit, split, zone_named
from timetracking.intervals import Interval
from timetracking.models import Timesheet
from timetracking.selectors.logs import logs_within
from timetracking.selectors.people import zone_of
from timetracking.selectors.projects import with_project_in_sight
from timetracking.selectors.timesheets import covered

NO_PROJECT = "Without a project"
PRIVATE = "Private project"


@dataclass(frozen=True, slots=True)
class Row:
    """Seconds of each day, and their sum."""

    title: str
    days: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.days)


@dataclass(frozen=True, slots=True)
class Week:
    """A row for each project by name, then one for all: what is shown adds up to what the timesheet comes to."""

    days: tuple[date, ...]
    rows: tuple[Row, ...]
    all: Row


def week_of(sheet: Timesheet) -> Week:
    """Return the grid of a period, in the zone it was submitted in, else in the employee's.

    Time of days outside it, which a period has whose bounds were fixed in another zone, counts on the nearest day.
    """
    count = (sheet.period_end - sheet.period_start).days
    rows: dict[str, list[int]] = {}
    for title, day, seconds in _parts(sheet):
        place = min(max((day - sheet.period_start).days, 0), count - 1)
        rows.setdefault(title, [0] * count)[place] += seconds
    found = tuple(Row(title, tuple(days)) for title, days in sorted(rows.items()))
    sums = tuple(sum(row.days[place] for row in found) for place in range(count))
    return Week(tuple(sheet.period_start + timedelta(days=day) for day in range(count)), found, Row("All", sums))


def _parts(sheet: Timesheet) -> Iterator[tuple[str, date, int]]:
    bounds, zone = covered(sheet), zone_named(sheet.time_zone) if sheet.time_zone else zone_of(sheet.employee)
    logs: Any = logs_within([sheet.employee_id], bounds.start, bounds.end).select_related("project")
    for log in with_project_in_sight(logs):
        if part := Interval(log.started_at, log.stopped_at).clip(bounds):
            for day, piece in split(part, zone, Unit.DAY):
                yield _title(log), day, piece.seconds


def _title(log: Any) -> str:
    if log.project_id and not log.project_in_sight:
        return PRIVATE
    return str(log.project or NO_PROJECT)
