"""Where time goes on the line: what is taken, and how days with lengths only are laid out."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from timetracking.importing.clock import Span
from timetracking.importing.refusals import RowClass, RowRefused

DAY_START = time(9)


@dataclass(frozen=True, slots=True, order=True)
class Taken:
    """`label` says what is there: "line 13", or "a log of 2026-03-02 …"."""

    start: datetime
    end: datetime
    label: str


class Occupancy:
    """What each employee's time line holds: their logs, and the rows of the file that were accepted so far."""

    def __init__(self) -> None:
        self._taken: defaultdict[UUID, list[Taken]] = defaultdict(list)
        self._longest: defaultdict[UUID, timedelta] = defaultdict(timedelta)

    def add(self, employee_id: UUID, span: Span, label: str) -> None:
        insort(self._taken[employee_id], Taken(span.start, span.end, label))
        self._longest[employee_id] = max(self._longest[employee_id], span.end - span.start)

    def find(self, employee_id: UUID, span: Span) -> Taken | None:
        """Return something that overlaps the span; touching is not overlapping."""
        return next(iter(self.within(employee_id, span)), None)

    def within(self, employee_id: UUID, span: Span) -> Iterable[Taken]:
        taken = self._taken[employee_id]
        earliest = span.start - self._longest[employee_id]
        for place in range(bisect_left(taken, earliest, key=lambda found: found.start), len(taken)):
            if taken[place].start >= span.end:
                return
            if taken[place].end > span.start:
                yield taken[place]


class DayPlan:
    """Lays the rows of one person's day end to end, around what is there; the block ends at midnight at the latest."""

    def __init__(self, day: date, zone: ZoneInfo, day_start: time = DAY_START) -> None:
        self.whole = Span(_instant(day, time(), zone), _instant(day + timedelta(days=1), time(), zone))
        self._morning = _instant(day, day_start, zone)
        self._used = 0

    def admit(self, seconds: int) -> None:
        """Count a row in; raise `day_too_long` if the day cannot hold it."""
        if self._used + seconds > self.whole.seconds:
            raise RowRefused(RowClass.DAY_TOO_LONG)
        self._used += seconds

    def begin(self) -> None:
        """Place the block, whose whole length is known now."""
        latest = self.whole.end - timedelta(seconds=self._used)
        self._cursor = min(self._morning, latest)

    def place(self, seconds: int, taken: Iterable[Taken]) -> Span:
        """Return where a row goes; raise `overlap` if what is there leaves no room for it."""
        length, busy = timedelta(seconds=seconds), sorted(taken)
        for start in (self._cursor, self.whole.start):
            if (span := _first_gap(Span(start, self.whole.end), busy, length)) is not None:
                self._cursor = max(self._cursor, span.end)
                return span
        raise RowRefused(RowClass.OVERLAP, "What is logged on this day leaves no room for the row.")


def _first_gap(within: Span, busy: Iterable[Taken], length: timedelta) -> Span | None:
    start = within.start
    for taken in busy:
        if taken.start - start >= length:
            break
        start = max(start, taken.end)
    return Span(start, start + length) if start + length <= within.end else None


def _instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)
