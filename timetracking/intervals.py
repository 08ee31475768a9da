"""Arithmetic of half-open intervals of instants, [start, end). Pure; touching is not overlapping."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from timetracking.exceptions import EmptyInterval, NoOffset, NotWholeSeconds, OutOfRange


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """Never empty; both ends are in UTC and in whole seconds."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        for name in ("start", "end"):
            object.__setattr__(self, name, instant(getattr(self, name)))
        if self.end <= self.start:
            raise EmptyInterval

    @property
    def seconds(self) -> int:
        return seconds_between(self.start, self.end)

    def overlaps(self, other: "Interval") -> bool:
        return self.start < other.end and other.start < self.end

    def clip(self, other: "Interval") -> "Interval | None":
        """Return what both have in common."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Interval(start, end) if start < end else None

    def minus(self, other: "Interval") -> list["Interval"]:
        """Return the up to two pieces that remain without `other`."""
        before = (self.start, min(self.end, other.start))
        after = (max(self.start, other.end), self.end)
        return [Interval(start, end) for start, end in (before, after) if start < end]


def instant(value: datetime, field: str = "") -> datetime:
    """Return the instant in UTC; raise `NoOffset` for a naive one, `NotWholeSeconds` for fractions, `OutOfRange`."""
    if value.tzinfo is None or value.utcoffset() is None:
        raise NoOffset(fields={field: [NoOffset.message]} if field else None)
    if value.microsecond:
        raise NotWholeSeconds(fields={field: [NotWholeSeconds.message]} if field else None)
    if not 1970 <= value.year < 2200:
        raise OutOfRange(fields={field: [OutOfRange.message]} if field else None)
    return value.astimezone(UTC)


def seconds_between(start: datetime, end: datetime) -> int:
    """Return the whole seconds from one instant to another; wall clocks do not matter."""
    return int((end - start).total_seconds())


def total_seconds(intervals: Iterable[Interval]) -> int:
    return sum(interval.seconds for interval in intervals)


def united(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the same time in order, with what touches or overlaps made one."""
    found: list[Interval] = []
    for interval in sorted(intervals):
        if found and interval.start <= found[-1].end:
            found[-1] = Interval(found[-1].start, max(found[-1].end, interval.end))
        else:
            found.append(interval)
    return found


def without(intervals: Sequence[Interval], removed: Interval) -> list[Interval]:
    """Return what remains of each interval without `removed`."""
    return [piece for interval in intervals for piece in interval.minus(removed)]


def without_all(interval: Interval, removed: Iterable[Interval]) -> list[Interval]:
    """Return what remains of an interval without any of `removed`."""
    rest = [interval]
    for one in removed:
        rest = without(rest, one)
    return rest


def format_duration(seconds: int) -> str:
    """Return a duration as people read it: `7:05:09` for hours, minutes, seconds; hours grow beyond a day."""
    sign, rest = ("-" if seconds < 0 else ""), abs(seconds)
    return f"{sign}{rest // 3600}:{rest // 60 % 60:02}:{rest % 60:02}"
