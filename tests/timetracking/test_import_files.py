"""DOMAIN §3, imports: which file it is, how it is read, and what is refused as a whole."""

import pytest

from tests.timetracking.importing_samples import PERSONS, judged, refusals
from timetracking.importing.formats import Product, recognize
from timetracking.importing.judging import file_warnings
from timetracking.importing.reading import MAX_BYTES, read_sheet
from timetracking.importing.refusals import (
    BadEncoding,
    FileWarning,
    OtherReport,
    SummaryReport,
    TooLarge,
    UnclosedQuote,
    UnknownFormat,
)

TOGGL = "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags"
MIRELA = PERSONS[0]


def toggl(*rows: str, header: str = TOGGL) -> bytes:
    return "\n".join([header, *rows]).encode()


def row(start: str = "2026-03-02,09:00:00", end: str = "2026-03-02,10:00:00", text: str = "Work") -> str:
    return f"{MIRELA.name},{MIRELA.email},,,,{text},No,{start},{end},01:00:00,"


@pytest.mark.rule("imports.formats")
@pytest.mark.parametrize(
    ("header", "product"),
    [
        (TOGGL, "toggl"),
        (f"{TOGGL},Amount ()", "toggl"),
        ("Description,Duration,Member,Email,Project,Tags,Start date,Start time,Stop date,Stop time", "toggl"),
        ("Email,Project,Start date,Start time,Duration,Tags", "toggl"),
        ("Project,User,Email,Start Date,Start Time,End Date,End Time,Duration (h)", "clockify"),
        ("Project,Email,Tags,Billable,Start Date,Start Time,Duration (h)", "clockify"),
        ("Date,Client,Project,Task,Notes,Hours,First Name,Last Name", "harvest"),
        ("Date,Client,Project,Task,Notes,Hours,First name,Last name", "harvest"),
    ],
)
def test_the_product_is_told_from_the_header_alone(header: str, product: str) -> None:
    assert recognize(header.split(",")).product == Product(product)
    assert recognize(header.split(",")[::-1]).product == Product(product)


@pytest.mark.rule("imports.formats")
@pytest.mark.parametrize(
    ("header", "refusal", "said"),
    [
        ("Project,Client,Description,Time (h),Time (decimal),Amount (USD)", SummaryReport, "Clockify"),
        ("Client,Project,Registered time,,Amount ()", SummaryReport, "Toggl"),
        ("Client,Project,Total Hours,Billable Hours", SummaryReport, "Harvest"),
        ("Project,Mon,Tue,Wed,Total", SummaryReport, "weekly"),
        ("Name,Client,Tracked (h),Estimated (h)", OtherReport, "projects"),
        ("Date,Category,Notes,Amount", OtherReport, "expenses"),
        ("Projekt,Kunde,Beschreibung", UnknownFormat, "English"),
        ("", UnknownFormat, "English"),
    ],
)
def test_other_files_are_refused_with_the_way_out(header: str, refusal: type[Exception], said: str) -> None:
    with pytest.raises(refusal, match=said):
        read_sheet(header.encode())


@pytest.mark.parametrize("content", [b"PK\x03\x04...", b"%PDF-1.7"])
def test_spreadsheets_and_pdfs_are_refused(content: bytes) -> None:
    with pytest.raises(UnknownFormat, match="Export as CSV"):
        read_sheet(content)


def test_a_file_saved_by_a_spreadsheet_is_read() -> None:
    header = TOGGL.replace(",", ";")
    body = "Jörn Ährenfeldt;joern.aehrenfeldt@example.com;;;;Größe;Yes;02.03.2026;9:00;02.03.2026;10:00;1:00;"
    content = f"sep=;\r\n{header}\r\n{body}\r\n".encode("cp1252")
    sheet = read_sheet(content)
    assert (sheet.delimiter, sheet.encoding, file_warnings(sheet)) == (";", "cp1252", (FileWarning.DECODED_AS_CP1252,))
    [judgement] = judged(content)
    assert judgement.span
    assert judgement.record.line == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_byte_order_mark_decides_the_encoding(encoding: str) -> None:
    [judgement] = judged(toggl(row(text="Größe")).decode().encode(encoding))
    assert judgement.entry
    assert judgement.entry.description == "Größe"


def test_text_of_no_known_encoding_is_refused() -> None:
    with pytest.raises(BadEncoding):
        read_sheet(b"User\x81,\xff\xfe")


def test_a_quote_that_is_never_closed_refuses_the_file_with_its_line() -> None:
    with pytest.raises(UnclosedQuote, match="line 3"):
        judged(toggl(row(), row(text='"never closed'), row()))


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(TooLarge):
        read_sheet(b" " * (MAX_BYTES + 1))


def test_line_numbers_are_physical_and_blank_lines_are_skipped() -> None:
    rows = judged(toggl("", row(text='"two\nlines"'), "", row("2026-03-03,09:00:00", "2026-03-03,10:00:00")))
    assert [(found.record.line, found.record.row) for found in rows] == [(3, 1), (6, 2)]


def test_a_header_without_rows_is_fine() -> None:
    assert judged(toggl()) == []


def test_too_few_cells_a_total_and_a_nul_are_refused_and_the_rest_goes_on() -> None:
    rows = judged(
        toggl(
            "a,b",
            "Total" + "," * 11 + ",",
            row(text="\0"),
            row(),
            f"{row('2026-03-04,09:00:00', '2026-03-04,10:00:00')},",
        )
    )
    assert refusals(rows) == {(2, 1): "wrong_column_count", (3, 2): "not_an_entry", (4, 3): "bad_text"}
    assert sum(bool(found.span) for found in rows) == 2


def test_a_dash_is_empty_in_the_newer_toggl_report_only() -> None:
    header = "Description,Duration,Member,Email,Project,Tags,Start date,Start time,Stop date,Stop time"
    line = f"-,1:00:00,{MIRELA.name},{MIRELA.email},-,-,2026-03-02,09:00:00,2026-03-02,10:00:00"
    [newer], [older] = judged(toggl(line, header=header)), judged(toggl(row(text="-")))
    assert newer.entry
    assert older.entry
    assert (newer.entry.project, newer.entry.tags, newer.entry.description) == ("", (), "")
    assert older.entry.description == "-"
