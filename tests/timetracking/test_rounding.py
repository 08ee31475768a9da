"""DOMAIN §5: rounding is for reports and invoices only, on integers, aligned to the local clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timetracking.rounding import Direction, round_interval, round_seconds, shown_parts

QUARTER = 900
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Asia/Kolkata", "Australia/Lord_Howe"]


@pytest.mark.rule("rounding.reports")
@pytest.mark.parametrize(
    ("seconds", "direction", "rounded"),
    [(449, "nearest", 0), (450, "nearest", 900), (1, "up", 900), (899, "down", 0), (900, "up", 900), (0, "up", 0)],
)
def test_lengths_are_rounded_to_whole_steps(seconds: int, direction: str, rounded: int) -> None:
    assert round_seconds(seconds, step=QUARTER, direction=Direction(direction)) == rounded


@given(st.integers(0, 10**7), st.integers(1, 7_200), st.sampled_from(Direction))
def test_rounding_moves_a_length_by_less_than_a_step(seconds: int, step: int, direction: Direction) -> None:
    rounded = round_seconds(seconds, step=step, direction=direction)
    assert rounded % step == 0
    assert abs(rounded - seconds) < step
    assert round_seconds(rounded, step=step, direction=direction) == rounded


def test_without_a_step_nothing_is_rounded() -> None:
    assert round_seconds(1_234, step=0, direction=Direction.UP) == 1_234


@pytest.mark.rule("rounding.reports")
@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  the bounds are naive
    st.integers(1, 200_000),
    st.sampled_from(ZONES),
    st.sampled_from(Direction),
)
def test_bounds_fall_on_steps_of_the_local_clock(start: datetime, length: int, zone: str, direction: Direction) -> None:
    start = start.replace(microsecond=0)
    there = ZoneInfo(zone)
    begin, end = round_interval(start, start + timedelta(seconds=length), step=QUARTER, direction=direction, zone=there)
    assert begin <= end
    local = datetime.fromtimestamp(begin, there)
    if local.utcoffset() == start.astimezone(there).utcoffset():
        assert (local.minute * 60 + local.second) % QUARTER == 0


@pytest.mark.rule("rounding.reports")
def test_a_zone_of_odd_minutes_is_rounded_at_its_own_quarters() -> None:
    start = datetime(2026, 3, 2, 4, 7, tzinfo=UTC)  # 09:52 in Kathmandu
    begin, end = round_interval(
        start, start + timedelta(minutes=20), step=3_600, direction=Direction.UP, zone=ZoneInfo("Asia/Kathmandu")
    )
    assert datetime.fromtimestamp(begin, UTC) == datetime(2026, 3, 2, 3, 15, tzinfo=UTC)
    assert end - begin == 2 * 3_600


@pytest.mark.rule("rounding.adds-up")
@given(st.lists(st.integers(0, 100_000), min_size=1, max_size=30))
def test_rounded_parts_add_up_to_the_rounded_whole(parts: list[int]) -> None:
    whole = round_seconds(sum(parts), step=QUARTER, direction=Direction.NEAREST)
    assert sum(shown_parts(parts, whole=whole)) == whole
