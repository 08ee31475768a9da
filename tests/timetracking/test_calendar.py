"""DOMAIN §1: days, weeks and months belong to a place, and durations come from instants."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timetracking.calendar import Unit, day_start, local_day, resolve_local, span, split, week_label, week_start
from timetracking.exceptions import AmbiguousTime, NonExistentTime
from timetracking.intervals import Interval

# Half hours, quarter hours, changes at midnight, changes of half an hour, a day that never was.
ZONES = (
    *("Europe/Berlin", "America/New_York", "America/Sao_Paulo", "America/Havana", "America/St_Johns", "Asia/Beirut"),
    *("Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Cairo", "America/Asuncion", "UTC"),
)
zones = st.sampled_from(ZONES).map(ZoneInfo)
seconds = st.integers(0, 40 * 365 * 86_400)
lengths = st.one_of(st.integers(1, 200_000), st.integers(1, 100 * 86_400))
BEGIN = datetime(1995, 1, 1, tzinfo=UTC)


@pytest.mark.rule("time.split")
@given(zones, seconds, lengths, st.sampled_from(Unit), st.integers(1, 7))
def test_the_parts_of_an_interval_touch_and_sum_to_the_whole(
    zone: ZoneInfo, offset: int, length: int, unit: Unit, first_weekday: int
) -> None:
    start = BEGIN + timedelta(seconds=offset)
    whole = Interval(start, start + timedelta(seconds=length))
    parts = list(split(whole, zone, unit, first_weekday))
    assert sum(part.seconds for _, part in parts) == whole.seconds
    assert parts[0][1].start == whole.start
    assert parts[-1][1].end == whole.end
    assert all(one.end == other.start for (_, one), (_, other) in pairwise(parts))
    for first_day, part in parts:
        last = part.end - timedelta(seconds=1)
        assert local_day(part.start, zone) >= first_day
        if unit is Unit.DAY:
            assert local_day(part.start, zone) == local_day(last, zone) == first_day
        if unit is Unit.WEEK:
            assert first_day.isoweekday() == first_weekday
            assert week_start(local_day(last, zone), first_weekday) == first_day
        if unit is Unit.MONTH:
            assert (first_day.day, local_day(last, zone).month) == (1, first_day.month)


@pytest.mark.rule("time.zones")
@given(zones, st.dates(date(1995, 1, 1), date(2034, 12, 31)))
def test_a_day_begins_with_its_first_instant(zone: ZoneInfo, day: date) -> None:
    start = day_start(day, zone)
    assert local_day(start - timedelta(seconds=1), zone) < day
    assert local_day(start, zone) >= day


@pytest.mark.rule("time.durations")
@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("America/New_York", date(2026, 3, 8), 23),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),
        ("America/Sao_Paulo", date(2018, 2, 17), 25),
        ("America/Havana", date(2026, 3, 8), 23),
        ("America/St_Johns", date(2011, 3, 13), 23),
        ("Asia/Beirut", date(2022, 3, 27), 23),
        ("Asia/Kathmandu", date(2026, 3, 29), 24),
    ],
)
def test_daylight_saving_costs_and_gains_nothing(zone: str, day: date, hours: float) -> None:
    whole = span(day, day + timedelta(days=1), ZoneInfo(zone))
    assert whole.seconds == hours * 3600
    assert [part for _, part in split(whole, ZoneInfo(zone))] == [whole]


@pytest.mark.rule("time.split")
def test_a_day_that_a_place_skipped_has_no_part() -> None:
    apia = ZoneInfo("Pacific/Apia")
    around = Interval(datetime(2011, 12, 29, 12, tzinfo=UTC), datetime(2011, 12, 31, tzinfo=UTC))
    assert [day for day, _ in split(around, apia)] == [date(2011, 12, 29), date(2011, 12, 31)]


@pytest.mark.rule("time.local-times")
def test_local_times_that_do_not_exist_or_occur_twice_are_refused() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert resolve_local(datetime(2026, 3, 29, 1, 59), berlin) == datetime(2026, 3, 29, 0, 59, tzinfo=UTC)  # noqa: DTZ001  local
    with pytest.raises(NonExistentTime):
        resolve_local(datetime(2026, 3, 29, 2, 30), berlin)  # noqa: DTZ001  local
    with pytest.raises(AmbiguousTime):
        resolve_local(datetime(2026, 10, 25, 2, 30), berlin)  # noqa: DTZ001  local


@pytest.mark.rule("time.labels")
def test_weeks_are_labelled_by_iso_8601_where_they_start_on_monday() -> None:
    assert week_label(date(2026, 12, 28)) == "2026-W53"
    assert week_label(date(2026, 1, 4)) == "week of 2026-01-04"
