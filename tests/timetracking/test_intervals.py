"""DOMAIN §1: intervals are half-open and never empty."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timetracking.exceptions import EmptyInterval, NoOffset, NotWholeSeconds
from timetracking.intervals import Interval, format_duration, instant, total_seconds, united, without

ZERO = datetime(2026, 1, 1, tzinfo=UTC)


def _interval(ends: tuple[int, int]) -> Interval:
    return Interval(ZERO + timedelta(seconds=min(ends)), ZERO + timedelta(seconds=max(ends)))


points = st.integers(0, 60)
intervals = st.tuples(points, points).filter(lambda ends: ends[0] != ends[1]).map(_interval)


def _seconds(*of: Interval) -> set[int]:
    """Return every second that is in one of the intervals: the plain meaning of all arithmetic here."""
    return {
        second
        for one in of
        for second in range(int((one.start - ZERO).total_seconds()), int((one.end - ZERO).total_seconds()))
    }


@pytest.mark.rule("time.half-open")
@given(intervals, intervals)
def test_overlapping_is_having_a_second_in_common(one: Interval, other: Interval) -> None:
    common = _seconds(one) & _seconds(other)
    assert one.overlaps(other) == other.overlaps(one) == bool(common)
    clipped = one.clip(other)
    assert (_seconds(clipped) if clipped else set()) == common


@pytest.mark.rule("logs.cut")
@given(intervals, intervals)
def test_the_pieces_are_the_old_interval_without_the_removed_one(old: Interval, removed: Interval) -> None:
    pieces = old.minus(removed)
    assert _seconds(*pieces) == _seconds(old) - _seconds(removed)
    assert total_seconds(pieces) == len(_seconds(*pieces))


@given(st.lists(intervals, max_size=6), intervals)
def test_uniting_keeps_the_time_and_leaves_gaps_between(some: list[Interval], removed: Interval) -> None:
    joined = united(some)
    assert _seconds(*joined) == _seconds(*some)
    assert all(one.end < other.start for one, other in pairwise(joined))
    assert _seconds(*without(joined, removed)) == _seconds(*some) - _seconds(removed)


@pytest.mark.rule("time.half-open")
def test_touching_is_not_overlapping() -> None:
    assert not _interval((0, 10)).overlaps(_interval((10, 20)))


@pytest.mark.rule("time.instants", "time.never-empty")
def test_naive_fractional_and_empty_input_is_refused() -> None:
    with pytest.raises(NoOffset):
        instant(datetime(2026, 1, 1))  # noqa: DTZ001  that is the point
    with pytest.raises(NotWholeSeconds):
        instant(ZERO.replace(microsecond=500_000))
    with pytest.raises(EmptyInterval):
        Interval(ZERO, ZERO)
    east = datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=1)))
    assert instant(east) == ZERO


@given(st.integers(0, 10**7))
def test_durations_read_back(seconds: int) -> None:
    hours, minutes, rest = (int(part) for part in format_duration(seconds).split(":"))
    assert hours * 3600 + minutes * 60 + rest == seconds
    assert max(minutes, rest) < 60
