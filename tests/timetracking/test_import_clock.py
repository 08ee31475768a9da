"""DOMAIN §3, imports: dates in their order, local times in their zone, lengths in whole seconds."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from tests.timetracking.importing_samples import NEW_YORK, PERSONS, judged, refusals
from timetracking.importing.clock import DateOrder, find_order, read_date, read_time, resolve
from timetracking.importing.lengths import read_duration, read_hours
from timetracking.importing.refusals import AmbiguousDates, MixedDateOrders, RowRefused, Warned

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.rule("imports.dates")
def test_an_order_that_nothing_proves_is_refused_with_the_way_out() -> None:
    with pytest.raises(AmbiguousDates, match=r"05/04/2026.*05 April 2026 or 04 May 2026.*--date-order"):
        find_order(["05/04/2026", "2026-01-31"])


@pytest.mark.rule("imports.dates")
def test_two_orders_in_one_file_are_refused() -> None:
    with pytest.raises(MixedDateOrders):
        find_order(["31/01/2026", "01/31/2026"])


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["31/01/2026", "01/02/2026"], "dmy"),
        (["01-31-2026"], "mdy"),
        (["2026-01-02"], None),
        (["01.02.2026"], None),
        ([], None),
    ],
)
def test_a_day_past_twelve_proves_the_order(texts: list[str], order: str | None) -> None:
    assert find_order(texts) == order


@pytest.mark.parametrize("text", ["2026-1-5", "2026/01/05", "2026.01.05", "05.01.2026", "5/1/2026"])
def test_dates_of_every_form_are_read(text: str) -> None:
    assert read_date(text, DateOrder.DMY) == date(2026, 1, 5)


@pytest.mark.parametrize("text", ["7/27/22", "2026-02-30", "13/13/2026", "5 May 2026", "", "05/01-2026"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(RowRefused) as refused:
        read_date(text, DateOrder.DMY)
    assert refused.value.row_class == "bad_date"


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("12:00 AM", time(0)),
        ("12:00:00 PM", time(12)),
        ("9:00am", time(9)),
        ("9:00", time(9)),
        ("16:33", time(16, 33)),
        ("10:23:52 PM", time(22, 23, 52)),
        ("2026-01-05 09:00:00", time(9)),
    ],
)
def test_times_of_both_clocks_are_read(text: str, clock: time) -> None:
    assert read_time(text) == clock


@pytest.mark.parametrize("text", ["13:00 PM", "0:30 AM", "24:00", "9", "noon", ""])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(RowRefused):
        read_time(text)


@pytest.mark.rule("time.local-times")
@pytest.mark.parametrize(
    ("start", "end", "duration", "seconds"),
    [
        ("2026-10-25T00:30", "2026-10-25T01:30", 3_600, 3_600),
        ("2026-10-25T02:30", "2026-10-25T02:30", 3_600, 3_600),
        ("2026-10-25T02:50", "2026-10-25T02:15", 1_500, 1_500),
        ("2026-10-25T01:30", "2026-10-25T03:30", None, 10_800),
        ("2026-03-29T01:30", "2026-03-29T03:30", None, 3_600),
    ],
)
def test_the_duration_tells_which_of_two_times_was_meant(
    start: str, end: str, duration: int | None, seconds: int
) -> None:
    span = resolve(datetime.fromisoformat(start), datetime.fromisoformat(end), duration, BERLIN)
    assert span.seconds == seconds


@pytest.mark.rule("time.local-times", "imports.no-guess")
@pytest.mark.parametrize(
    ("start", "end", "duration", "row_class"),
    [
        ("2026-03-29T02:30", "2026-03-29T04:00", 3_600, "nonexistent_local_time"),
        ("2026-10-25T02:10", "2026-10-25T02:40", 1_800, "ambiguous_local_time"),
        ("2026-10-25T02:10", "2026-10-25T04:00", None, "ambiguous_local_time"),
        ("2026-03-02T10:00", "2026-03-02T09:00", None, "end_before_start"),
        ("2026-03-02T10:00", "2026-03-02T10:00", 0, "zero_duration"),
    ],
)
def test_times_that_cannot_be_resolved_are_refused(start: str, end: str, duration: int | None, row_class: str) -> None:
    with pytest.raises(RowRefused) as refused:
        resolve(datetime.fromisoformat(start), datetime.fromisoformat(end), duration, BERLIN)
    assert refused.value.row_class == row_class


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("01:30:15", 5_415),
        ("0:13", 780),
        ("18:25 min", 1_105),
        ("45 sec", 45),
        ("0.31", 1_116),
        ("999:00:00", 3_596_400),
    ],
)
def test_durations_of_every_profile_are_read(text: str, seconds: int) -> None:
    assert read_duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0.33", 1_188), ("1,67", 6_012), ("1.234,5", 4_444_200), ("7:30", 27_000), ("8.0", 28_800), ("0.0001", 0)],
)
def test_decimal_hours_are_exact(text: str, seconds: int) -> None:
    assert read_hours(text) == seconds


@pytest.mark.parametrize("text", ["-1", "eight", "", "1e3", "1.5h"])
def test_what_is_no_number_of_hours_is_refused(text: str) -> None:
    with pytest.raises(RowRefused) as refused:
        read_hours(text)
    assert refused.value.row_class == "bad_hours"


def test_without_an_end_column_the_end_is_start_and_duration() -> None:
    email = PERSONS[0].email
    lines = [
        "Email,Project,Start date,Start time,Duration",
        f"{email},,2026-03-07,23:30:00,03:00:00",
        f"{email},,2026-03-09,09:00:00,",
    ]
    rows = judged("\n".join(lines).encode(), NEW_YORK)
    assert rows[0].span
    assert rows[0].span.seconds == 10_800
    assert refusals(rows) == {(3, 2): "running"}


@pytest.mark.rule("imports.no-guess")
def test_a_person_without_an_e_mail_is_matched_by_a_name_that_only_one_bears() -> None:
    content = (
        "Member,Start date,Start time,Stop date,Stop time\nmirela  QUASTENBERG,2026-03-02,09:00,2026-03-02,10:00\n"
    )
    [row] = judged(content.encode())
    assert row.entry
    assert row.entry.warnings == (Warned.MATCHED_BY_NAME,)
