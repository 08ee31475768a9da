"""Days, weeks and months of a place: the one way from local dates to instants and back. Pure."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

from timetracking.exceptions import AmbiguousTime, NonExistentTime, OutOfRange
from timetracking.intervals import Interval

_STEP = timedelta(days=1)


class Unit(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@cache
def zone_named(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def kept_day(day: date, field: str) -> date:
    """Return a day that came from outside; raise `OutOfRange` for one of which no time is kept."""
    if not 1970 < day.year < 2199:
        raise OutOfRange(fields={field: [OutOfRange.message]})
    return day


def instant_of(epoch: int) -> datetime:
    """Return the instant so many seconds after 1970 began in UTC."""
    return datetime.fromtimestamp(epoch, UTC)


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


@cache
def day_start(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant of a local day in UTC.

    Where the clocks are put forward over midnight the day begins at what its clocks show then, such as 01:00; where
    they are put back over it, at the first of two midnights. A day that the place skipped (Samoa, 2011-12-30) begins
    when the next one does, and is empty.
    """
    naive = datetime.combine(day, time())
    early, late = (naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early.astimezone(zone).replace(tzinfo=None) == naive:
        return early
    return _first_instant_from(naive, zone, late, early)


def _first_instant_from(naive: datetime, zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """Return the first instant whose local time is not before `naive`, which falls into a gap."""
    low, high = min(low, high) - _STEP, max(low, high) + _STEP
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        if middle.astimezone(zone).replace(tzinfo=None) < naive:
            low = middle
        else:
            high = middle
    return high


def week_start(day: date, first_weekday: int) -> date:
    """Return the first day of the week with `day`; `first_weekday` is 1 for Monday to 7 for Sunday."""
    return day - timedelta(days=(day.isoweekday() - first_weekday) % 7)


def unit_start(day: date, unit: Unit, first_weekday: int = 1) -> date:
    match unit:
        case Unit.DAY:
            return day
        case Unit.WEEK:
            return week_start(day, first_weekday)
        case Unit.MONTH:
            return day.replace(day=1)


def next_start(start: date, unit: Unit) -> date:
    match unit:
        case Unit.DAY:
            return start + timedelta(days=1)
        case Unit.WEEK:
            return start + timedelta(days=7)
        case Unit.MONTH:
            return (start + timedelta(days=31)).replace(day=1)


def span(first: date, end: date, zone: ZoneInfo) -> Interval:
    """Return the instants of the local days from `first` to the day before `end`."""
    return Interval(day_start(first, zone), day_start(end, zone))


def split(
    interval: Interval, zone: ZoneInfo, unit: Unit = Unit.DAY, first_weekday: int = 1
) -> Iterator[tuple[date, Interval]]:
    """Yield the parts of an interval, each with the first day of its local day, week or month.

    The parts are in order and touch; their seconds sum to those of the whole.
    """
    start = unit_start(local_day(interval.start, zone), unit, first_weekday)
    begin = interval.start
    while begin < interval.end:
        following = next_start(start, unit)
        end = min(day_start(following, zone), interval.end)
        if begin < end:
            yield start, Interval(begin, end)
            begin = end
        start = following


def resolve_local(value: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant of a local time without offset; raise `NonExistentTime` or `AmbiguousTime`."""
    first, second = (value.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return first
    if first.astimezone(zone).replace(tzinfo=None) != value:
        raise NonExistentTime
    raise AmbiguousTime


def week_label(start: date) -> str:
    """Return a week as ISO 8601 where it starts on Monday, else by its first day."""
    if start.isoweekday() == 1:
        year, week, _ = start.isocalendar()
        return f"{year}-W{week:02}"
    return f"week of {start.isoformat()}"
