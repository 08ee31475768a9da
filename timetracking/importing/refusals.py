"""Why a file, or a row of it, is refused; and what a row that is accepted should make people look at."""

from enum import StrEnum

from gauzy.exceptions import Invalid


class UnknownFormat(Invalid):
    code = "unknown_format"
    message = "This is no time report that is known."


class SummaryReport(Invalid):
    code = "summary_report"
    message = "This is a summary report: it has totals, not entries with a start."


class OtherReport(Invalid):
    code = "other_report"
    message = "This report is not about time entries."


class AmbiguousDates(Invalid):
    code = "ambiguous_dates"
    message = "Nothing in the file tells whether its dates begin with the day or the month."


class MixedDateOrders(Invalid):
    code = "mixed_date_orders"
    message = "Some dates begin with the day and some with the month; a spreadsheet re-wrote part of the file."


class UnclosedQuote(Invalid):
    code = "unclosed_quote"
    message = "A quote is opened and never closed."


class BadEncoding(Invalid):
    code = "bad_encoding"
    message = "The text is neither UTF-8, UTF-16 nor Windows-1252."


class TooLarge(Invalid):
    code = "too_large"
    message = "The file is too large. Split it."


class RowClass(StrEnum):
    """The class of a refused row, in the order in which rows are checked."""

    WRONG_COLUMN_COUNT = "wrong_column_count"
    NOT_AN_ENTRY = "not_an_entry"
    UNKNOWN_PERSON = "unknown_person"
    AMBIGUOUS_PERSON = "ambiguous_person"
    BAD_DATE = "bad_date"
    BAD_TIME = "bad_time"
    BAD_HOURS = "bad_hours"
    BAD_DURATION = "bad_duration"
    RUNNING = "running"
    NONEXISTENT_LOCAL_TIME = "nonexistent_local_time"
    AMBIGUOUS_LOCAL_TIME = "ambiguous_local_time"
    ZERO_DURATION = "zero_duration"
    END_BEFORE_START = "end_before_start"
    BREAK = "break"
    BAD_BILLABLE = "bad_billable"
    BAD_TEXT = "bad_text"
    DAY_TOO_LONG = "day_too_long"
    OVERLAP = "overlap"


class Warned(StrEnum):
    """What an accepted row is warned of."""

    DURATION_MISMATCH = "duration_mismatch"
    LONGER_THAN_24H = "longer_than_24h"
    MATCHED_BY_NAME = "matched_by_name"
    UNUSUAL_TYPE = "unusual_type"
    CLIENT_WITHOUT_PROJECT = "client_without_project"
    TASK_WITHOUT_PROJECT = "task_without_project"


class FileWarning(StrEnum):
    """What is said once per file."""

    DECODED_AS_CP1252 = "decoded_as_cp1252"
    CLOCK_TIMES_ASSUMED = "clock_times_assumed"
    PEOPLE_BY_NAME = "people_by_name"


MESSAGES = {
    RowClass.WRONG_COLUMN_COUNT: "The row has another number of cells than the header.",
    RowClass.NOT_AN_ENTRY: "The row has neither a person nor a date: it looks like a total.",
    RowClass.UNKNOWN_PERSON: "No employee of the organization is called this; create them, or say who (--person).",
    RowClass.AMBIGUOUS_PERSON: "Several employees bear this name; say who it is (--person).",
    RowClass.BAD_DATE: "This is no date of the file's order; dates have years of four digits: export again.",
    RowClass.BAD_TIME: "This is no time of day.",
    RowClass.BAD_HOURS: "This is no number of hours.",
    RowClass.BAD_DURATION: "This is no duration.",
    RowClass.RUNNING: "The entry has no end: stop the timer and export again.",
    RowClass.NONEXISTENT_LOCAL_TIME: "The clock never showed this time; is the zone the file's (--timezone)?",
    RowClass.AMBIGUOUS_LOCAL_TIME: "The clock showed this time twice, and the duration does not tell which was meant.",
    RowClass.ZERO_DURATION: "The entry has no length.",
    RowClass.END_BEFORE_START: "The entry ends before it starts.",
    RowClass.BREAK: "Breaks are not imported, unless asked for (--include-breaks).",
    RowClass.BAD_BILLABLE: "Billable is Yes or No.",
    RowClass.BAD_TEXT: "A text has a NUL character, or is too long.",
    RowClass.DAY_TOO_LONG: "The entries of this person are longer than their day.",
    RowClass.OVERLAP: "The entry overlaps another of the same person.",
}


class RowRefused(Exception):
    """A row is not imported; `row_class` names the reason for programs, `message` for people."""

    def __init__(self, row_class: RowClass, message: str = "") -> None:
        self.row_class = row_class
        self.message = message or MESSAGES[row_class]
        super().__init__(self.message)
