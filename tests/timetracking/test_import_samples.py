"""DOMAIN §3, imports: the samples of each product give the verdicts that are known of them."""

from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.timetracking.importing_samples import BERLIN, NEW_YORK, PERSONS, judged, refusals, sample
from timetracking.importing.judging import Judged, Knowledge
from timetracking.importing.people import People
from timetracking.importing.placing import Occupancy
from timetracking.importing.reading import read_sheet
from timetracking.importing.refusals import SummaryReport, Warned

UNCOUNTED = {Warned.MATCHED_BY_NAME}
FIGURES = {
    "toggl-detailed.csv": (BERLIN, 25, 21, 2, [34494, 76530, 32718, 134175]),
    "clockify-detailed-us.csv": (NEW_YORK, 20, 17, 2, [64500, 138610, 26940, 31201]),
    "clockify-detailed-iso.csv": (BERLIN, 17, 11, 1, [31820, 21600, 41400, 97200]),
    "harvest-detailed.csv": (BERLIN, 22, 19, 0, [68688, 94500, 52884, 54936]),
}
REFUSED = {
    "toggl-detailed.csv": {
        (4, 3): "zero_duration", (10, 9): "unknown_person", (14, 11): "overlap", (17, 14): "overlap",
    },
    "clockify-detailed-us.csv": {(9, 8): "unknown_person", (10, 9): "zero_duration", (13, 11): "overlap"},
    "clockify-detailed-iso.csv": {
        (3, 2): "break", (7, 6): "zero_duration", (11, 10): "unknown_person",
        (14, 13): "overlap", (15, 14): "running", (18, 16): "end_before_start",
    },
    "harvest-detailed.csv": {(12, 10): "day_too_long", (14, 12): "zero_duration", (20, 18): "unknown_person"},
}  # fmt: skip
ZONES = {name: figures[0] for name, figures in FIGURES.items()}


def rows_of(name: str, knowledge: Knowledge | None = None) -> list[Judged]:
    return judged(sample(name), ZONES[name], knowledge)


@pytest.mark.rule("imports.rows")
@pytest.mark.parametrize("name", FIGURES)
def test_a_sample_gives_its_verdicts(name: str) -> None:
    _, count, accepted, warned, _ = FIGURES[name]
    rows = rows_of(name)
    good = [row for row in rows if row.span]
    assert (len(rows), len(good)) == (count, accepted)
    assert sum(bool(set(row.entry.warnings) - UNCOUNTED) for row in good if row.entry) == warned
    assert refusals(rows) == REFUSED[name]


@pytest.mark.parametrize("name", FIGURES)
def test_the_seconds_of_each_person_are_those_of_the_sample(name: str) -> None:
    seconds: Counter[str] = Counter()
    for row in rows_of(name):
        if row.span and row.entry:
            seconds[row.entry.person.email] += row.span.seconds
    assert [seconds[person.email] for person in PERSONS] == FIGURES[name][4]


@pytest.mark.rule("imports.twice")
@pytest.mark.parametrize("name", FIGURES)
def test_the_same_file_twice_adds_nothing(name: str) -> None:
    first = rows_of(name)
    imported = {row.key for row in first if row.span}
    logged = Occupancy()
    again = Knowledge(People(PERSONS), known=lambda keys: imported & set(keys), logged=lambda *_: logged)
    for row in first:
        if row.span and row.entry:
            logged.add(row.entry.person.employee_id, row.span, "a log")
    second = rows_of(name, again)
    assert [row for row in second if row.span] == []
    assert {row.key for row in second if row.known} == imported
    assert refusals(second) == REFUSED[name]


@pytest.mark.rule("imports.twice")
@pytest.mark.parametrize("name", FIGURES)
def test_another_zone_does_not_import_a_row_twice(name: str) -> None:
    """Rows that one of the zones refuses may differ; those that both accept have one key."""
    elsewhere = judged(sample(name), ZoneInfo("Asia/Tokyo"))
    here = {(row.record.row, row.key) for row in rows_of(name) if row.key}
    assert {(row.record.row, row.key) for row in elsewhere if row.key} >= here


@pytest.mark.rule("imports.formats")
def test_a_summary_report_is_refused_with_the_way_out() -> None:
    with pytest.raises(SummaryReport, match=r"Toggl summary report.*Reports → Detailed.*Settings → Data export"):
        read_sheet(sample("toggl-summary.csv"))


def test_a_log_over_midnight_stays_whole() -> None:
    spans = {row.record.row: row.span for row in rows_of("toggl-detailed.csv")}
    over_midnight = spans[4]
    assert over_midnight
    assert over_midnight.start == datetime(2026, 2, 2, 21, 40, tzinfo=UTC)
    assert over_midnight.end == datetime(2026, 2, 3, 0, 10, 30, tzinfo=UTC)


def test_texts_are_kept_as_they_were_written() -> None:
    texts = {row.record.row: row.entry.description for row in rows_of("toggl-detailed.csv") if row.entry}
    assert texts[17].startswith("-")
    assert texts[18].startswith("@")
    assert texts[10].count("\n") == 2
    assert "''" in next(row.entry.description for row in rows_of("clockify-detailed-us.csv") if row.entry)


def test_days_without_clock_times_are_laid_out_end_to_end() -> None:
    local = [
        (row.span.start.astimezone(BERLIN), row.span.end.astimezone(BERLIN))
        for row in rows_of("harvest-detailed.csv")
        if row.span and row.entry and row.entry.person == PERSONS[0] and row.entry.day.isoformat() == "2026-01-06"
    ]
    assert [f"{start:%H:%M:%S}-{end:%H:%M:%S}" for start, end in local] == [
        "09:00:00-09:19:48", "09:19:48-11:00:00", "11:00:00-11:15:00", "11:15:00-11:30:00",
    ]  # fmt: skip


def test_a_long_day_begins_earlier_so_that_it_ends_at_midnight() -> None:
    [span] = [
        row.span
        for row in rows_of("harvest-detailed.csv")
        if row.span and row.entry and row.entry.person == PERSONS[1] and row.entry.day.isoformat() == "2026-01-06"
    ]
    assert f"{span.start.astimezone(BERLIN):%H:%M}-{span.end.astimezone(BERLIN):%H:%M}" == "08:15-00:00"


def test_hours_may_be_rounded_to_minutes_on_request() -> None:
    rows = judged(sample("harvest-detailed.csv"), round_hours=True)
    assert [row.span.seconds for row in rows if row.span][2:4] == [1_200, 6_000]
