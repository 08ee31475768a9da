"""Wall clocks: dates in their order, times of day, and the instants that a local time may be."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from timetracking.importing.refusals import AmbiguousDates, MixedDateOrders, RowClass, RowRefused

TOLERANCE = 60  # seconds that a format may lose


class DateOrder(StrEnum):
    DMY = "dmy"
    MDY = "mdy"


_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})", re.ASCII)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([ap]\.?m\.?)?", re.ASCII | re.IGNORECASE)
_LEADING_DATE = re.compile(r"^\S*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}[T ]", re.ASCII)


def find_order(texts: Iterable[str]) -> DateOrder | None:
    """Return the order that the dates of a column prove, None where none is needed.

    Raises `AmbiguousDates` where it is needed and nothing proves it, and `MixedDateOrders` where both are proved.
    """
    example, proved = "", set()
    for text in texts:
        match = _YEAR_LAST.fullmatch(text.strip())
        if not match or match[2] == ".":
            continue
        example = example or match[0]
        if int(match[1]) > 12:
            proved.add(DateOrder.DMY)
        if int(match[3]) > 12:
            proved.add(DateOrder.MDY)
    if len(proved) > 1:
        raise MixedDateOrders
    if example and not proved:
        raise _ambiguous(example)
    return proved.pop() if proved else None


def read_date(text: str, order: DateOrder | None) -> date:
    """Read a date with its year first, with dots (day first), or in the file's order."""
    text = text.strip()
    if match := _YEAR_FIRST.fullmatch(text):
        parts = int(match[1]), int(match[2]), int(match[3])
    elif match := _YEAR_LAST.fullmatch(text):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        month_first = match[2] != "." and order is DateOrder.MDY
        parts = (year, first, second) if month_first else (year, second, first)
    else:
        raise RowRefused(RowClass.BAD_DATE)
    try:
        return date(*parts)
    except ValueError as error:
        raise RowRefused(RowClass.BAD_DATE) from error


def read_time(text: str) -> time:
    """Read a time of day of 24 or 12 hours, with or without seconds, or a date in front; 12:00 AM is midnight."""
    match = _TIME.fullmatch(_LEADING_DATE.sub("", text.strip()))
    if not match:
        raise RowRefused(RowClass.BAD_TIME)
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if half := (match[4] or "").lower():
        if not 1 <= hour <= 12:
            raise RowRefused(RowClass.BAD_TIME)
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    try:
        return time(hour, minute, second)
    except ValueError as error:
        raise RowRefused(RowClass.BAD_TIME) from error


def instants_of(wall: datetime, zone: ZoneInfo) -> list[datetime]:
    """Return the instants at which the zone's clock showed this: none in a gap, two where it was set back."""
    found = []
    for fold in (0, 1):
        instant = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if instant.astimezone(zone).replace(tzinfo=None) == wall and instant not in found:
            found.append(instant)
    return found


@dataclass(frozen=True, slots=True)
class Span:
    start: datetime
    end: datetime

    @property
    def seconds(self) -> int:
        return int((self.end - self.start).total_seconds())


def resolve(start: datetime, end: datetime, duration: int | None, zone: ZoneInfo) -> Span:
    """Return the instants of two wall times; where the clock showed one twice, the duration must tell which."""
    starts, ends = _instants(start, zone), _instants(end, zone)
    pairs = [Span(begin, finish) for begin in starts for finish in ends]
    if len(pairs) > 1:
        pairs = [span for span in pairs if duration is not None and abs(span.seconds - duration) <= TOLERANCE]
    if len(pairs) != 1:
        raise RowRefused(RowClass.AMBIGUOUS_LOCAL_TIME)
    return _checked(pairs[0])


def resolve_elapsed(start: datetime, duration: int, zone: ZoneInfo) -> Span:
    """Return the instants of a wall time and the time that went by from it."""
    starts = _instants(start, zone)
    if len(starts) > 1:
        raise RowRefused(RowClass.AMBIGUOUS_LOCAL_TIME)
    return _checked(Span(starts[0], starts[0] + timedelta(seconds=duration)))


def _instants(wall: datetime, zone: ZoneInfo) -> list[datetime]:
    if found := instants_of(wall, zone):
        return found
    said = f"{wall} never was in {zone.key}; is this the zone of the file (--timezone)?"
    raise RowRefused(RowClass.NONEXISTENT_LOCAL_TIME, said)


def _checked(span: Span) -> Span:
    if span.end == span.start:
        raise RowRefused(RowClass.ZERO_DURATION)
    if span.end < span.start:
        raise RowRefused(RowClass.END_BEFORE_START)
    return span


def _ambiguous(example: str) -> AmbiguousDates:
    day_first, month_first = (read_date(example, order) for order in (DateOrder.DMY, DateOrder.MDY))
    return AmbiguousDates(
        f"{example} may be {day_first:%d %B %Y} or {month_first:%d %B %Y}, and no date of the file tells. "
        "Say which by the order of dates: dmy or mdy (--date-order)."
    )
