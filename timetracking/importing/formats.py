"""Which product wrote a file, told from its header alone; the order of columns says nothing."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gauzy.exceptions import Invalid
from timetracking.importing.refusals import OtherReport, SummaryReport, UnknownFormat


class Product(StrEnum):
    TOGGL = "toggl"
    CLOCKIFY = "clockify"
    HARVEST = "harvest"


# What a column is to us -> what the product calls it; the first that is there counts.
_TOGGL = {
    "person": ("Member", "User"),
    "email": ("Email",),
    "client": ("Client",),
    "project": ("Project",),
    "task": ("Task",),
    "description": ("Description",),
    "billable": ("Billable",),
    "tags": ("Tags",),
    "start_date": ("Start date",),
    "start_time": ("Start time",),
    "end_date": ("End date", "Stop date"),
    "end_time": ("End time", "Stop time"),
    "duration": ("Duration",),
}
_CLOCKIFY = {
    "person": ("User",),
    "email": ("Email",),
    "client": ("Client",),
    "project": ("Project",),
    "task": ("Task", "Activity", "Tasks", "Activities"),
    "description": ("Description",),
    "billable": ("Billable",),
    "tags": ("Tags",),
    "type": ("Type",),
    "start_date": ("Start Date",),
    "start_time": ("Start Time",),
    "end_date": ("End Date",),
    "end_time": ("End Time",),
    "duration": ("Duration (h)", "Duration (decimal)"),
}
_HARVEST = {  # in any case
    "email": ("email", "e-mail"),
    "first_name": ("first name",),
    "last_name": ("last name",),
    "client": ("client",),
    "project": ("project",),
    "task": ("task",),
    "description": ("notes",),
    "billable": ("billable?",),
    "start_date": ("date",),
    "hours": ("hours",),
    "start_time": ("started at",),
    "end_time": ("ended at",),
}
_WORDS = {Product.TOGGL: _TOGGL, Product.CLOCKIFY: _CLOCKIFY, Product.HARVEST: _HARVEST}
WAYS_OUT = {
    Product.TOGGL: "In Toggl open Reports → Detailed and export CSV, or Settings → Data export → Time entries.",
    Product.CLOCKIFY: "In Clockify open Reports → Detailed → Export → CSV.",
    Product.HARVEST: (
        "In Harvest open Reports → Detailed time → Export → CSV, or Settings → Import/Export → Export all time."
    ),
}
_DAY = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)|\d{1,4}[-/.]\d{1,2}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Layout:
    """`columns`: what a column is to us -> its place. `width`: how many the header has."""

    product: Product
    columns: Mapping[str, int]
    width: int
    dash_is_empty: bool = False

    def has_end(self) -> bool:
        return "end_time" in self.columns

    def has_clock(self) -> bool:
        return "start_time" in self.columns


def recognize(header: Sequence[str]) -> Layout:
    """Return the layout of a file with this header; raise what is wrong with it, with the way out."""
    names = [name.strip() for name in header]
    if product := _product_of(set(names)):
        return _layout(product, names)
    raise _refusal_of(set(names))


def _product_of(names: set[str]) -> Product | None:
    lower = {name.lower() for name in names}
    if {"Start date", "Start time"} <= names and names & {"End time", "Stop time", "Duration"}:
        return Product.TOGGL
    clockify_end = {"End Date", "End Time"} <= names or names & {"Duration (h)", "Duration (decimal)"}
    if {"Start Date", "Start Time"} <= names and clockify_end:
        return Product.CLOCKIFY
    if {"date", "hours"} <= lower and ({"first name", "last name"} <= lower or lower & {"email", "e-mail"}):
        return Product.HARVEST
    return None


def _layout(product: Product, names: Sequence[str]) -> Layout:
    spelt = [name.lower() for name in names] if product is Product.HARVEST else list(names)
    columns = {}
    for ours, theirs in _WORDS[product].items():
        if found := next((word for word in theirs if word in spelt), None):
            columns[ours] = spelt.index(found)
    dash = product is Product.TOGGL and bool({"Member", "Stop date"} & set(names))
    return Layout(product, columns, len(names), dash_is_empty=dash)


def _refusal_of(names: set[str]) -> Invalid:
    if names & {"Time (h)", "Time (decimal)"}:
        return _summary("Clockify summary report", Product.CLOCKIFY)
    if {"Total Hours", "Billable Hours"} <= names and "Date" not in names:
        return _summary("Harvest summary report", Product.HARVEST)
    has_start = names & {"Start date", "Start Date", "Start time", "Start Time"}
    if names & {"Duration", "Registered time"} and not has_start:
        return _summary("Toggl summary report", Product.TOGGL)
    return _other_report(names, has_start=bool(has_start)) or _unknown(names)


def _other_report(names: set[str], *, has_start: bool) -> Invalid | None:
    if names & {"Tracked (h)", "Estimated (h)"}:
        return OtherReport(f"This is a list of Clockify's projects. {WAYS_OUT[Product.CLOCKIFY]}")
    if "Total" in names and not has_start and sum(bool(_DAY.match(name)) for name in names) > 1:
        return SummaryReport(f"This is a weekly report. {SummaryReport.message} Export the detailed report as CSV.")
    if "Date" in names and names & {"Category", "Amount"} and "Hours" not in names:
        return OtherReport(f"This is a report of expenses. {WAYS_OUT[Product.HARVEST]}")
    return None


def _summary(what: str, product: Product) -> SummaryReport:
    return SummaryReport(f"This is a {what}: it has totals, and entries with a start are needed. {WAYS_OUT[product]}")


def _unknown(names: Collection[str]) -> UnknownFormat:
    lower = {name.lower() for name in names}

    def known(product: Product) -> int:
        return sum(any(word.lower() in lower for word in words) for words in _WORDS[product].values())

    nearest = max(Product, key=known)
    needed = {"start_date", "start_time", "duration"} if nearest is not Product.HARVEST else {"start_date", "hours"}
    missing = [
        words[0]
        for ours, words in _WORDS[nearest].items()
        if ours in needed and not any(word.lower() in lower for word in words)
    ]
    lacks = f" and lacks {', '.join(missing)}" if missing else ""
    return UnknownFormat(
        f"{UnknownFormat.message} It is nearest to {nearest.title()}{lacks}. "
        f"Set the product's language to English. {WAYS_OUT[nearest]}"
    )
