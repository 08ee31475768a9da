"""One verdict per row of a file, in its order, given what is known of people, earlier imports and logged time. Pure."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from uuid import UUID

from timetracking.importing.clock import Span, find_order
from timetracking.importing.entries import Entry, EntryReader, Options
from timetracking.importing.formats import Product
from timetracking.importing.keys import RowKeys
from timetracking.importing.people import People
from timetracking.importing.placing import DAY_START, DayPlan, Occupancy
from timetracking.importing.reading import Record, Sheet
from timetracking.importing.refusals import FileWarning, RowClass, RowRefused


@dataclass(frozen=True, slots=True)
class Judged:
    """A row to be created (`span` and `key` are there), one that is known (`known`), or one that is refused."""

    record: Record
    person: str
    entry: Entry | None = None
    span: Span | None = None
    key: str = ""
    known: bool = False
    refusal: RowRefused | None = None


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the organization holds.

    `logged` returns what some employees have logged between two days; it is asked once, before `known`, which tells
    which of some keys were imported before.
    """

    people: People
    logged: Callable[[Collection[UUID], date, date], Occupancy] = lambda employees, first, last: Occupancy()
    known: Callable[[Collection[str]], Collection[str]] = lambda keys: ()
    refuses_overlaps: bool = True


def settle_order(sheet: Sheet, options: Options) -> Options:
    """Return the options with the file's date order; raise `AmbiguousDates` or `MixedDateOrders`."""
    if options.order:
        return options
    place = sheet.layout.columns["start_date"]
    texts = (record.cells[place] for record in sheet.records() if place < len(record.cells))
    return replace(options, order=find_order(texts))


def file_warnings(sheet: Sheet) -> tuple[FileWarning, ...]:
    if sheet.layout.product is not Product.HARVEST:
        return sheet.warnings
    assumed = () if sheet.layout.has_clock() else (FileWarning.CLOCK_TIMES_ASSUMED,)
    return (*sheet.warnings, FileWarning.PEOPLE_BY_NAME, *assumed)


def judge(sheet: Sheet, options: Options, knowledge: Knowledge, day_start: time = DAY_START) -> list[Judged]:
    """Judge every row. Where overlaps are refused, the first of two rows wins."""
    settled = settle_order(sheet, options)
    reader = EntryReader(sheet.layout, knowledge.people, settled)
    rows = [_read(reader, record) for record in sheet.records()]
    keys = RowKeys(sheet.layout.product)
    keyed = [replace(row, key=keys.key_of(row.entry)) if row.entry else row for row in rows]
    occupancy = _logged(keyed, knowledge)
    known = frozenset(knowledge.known([row.key for row in keyed if row.key]))
    judged = [replace(row, known=row.key in known) if row.key else row for row in keyed]
    plans = _plan_days(judged, settled, day_start)
    checked = occupancy if knowledge.refuses_overlaps else None
    return [_place(row, plans, occupancy, checked) for row in _refuse_long_days(judged, plans)]


def _logged(rows: Sequence[Judged], knowledge: Knowledge) -> Occupancy:
    entries = [row.entry for row in rows if row.entry]
    if not entries:
        return Occupancy()
    ends = [entry.span.end.date() if entry.span else entry.day for entry in entries]
    employees = {entry.person.employee_id for entry in entries}
    return knowledge.logged(employees, min(entry.day for entry in entries), max(ends))


def _read(reader: EntryReader, record: Record) -> Judged:
    person = reader.name_of(record)
    try:
        return Judged(record, person, reader.read(record))
    except RowRefused as refusal:
        return Judged(record, person, refusal=refusal)


Plans = dict[tuple[UUID, date], DayPlan]


def _plan_days(rows: Sequence[Judged], options: Options, day_start: time) -> Plans:
    days = {(row.entry.person.employee_id, row.entry.day) for row in rows if row.entry and row.entry.span is None}
    return {key: DayPlan(key[1], options.zone, day_start) for key in days}


def _refuse_long_days(rows: Sequence[Judged], plans: Plans) -> list[Judged]:
    admitted = list(_admit(rows, plans))
    for plan in plans.values():
        plan.begin()
    return admitted


def _admit(rows: Sequence[Judged], plans: Plans) -> Iterator[Judged]:
    for row in rows:
        if not (plan := _plan_of(row, plans)) or row.entry is None:
            yield row
            continue
        try:
            plan.admit(row.entry.seconds)
            yield row
        except RowRefused as refusal:
            yield replace(row, refusal=refusal)


def _plan_of(row: Judged, plans: Plans) -> DayPlan | None:
    if row.entry is None or row.entry.span:
        return None
    return plans[row.entry.person.employee_id, row.entry.day]


def _place(row: Judged, plans: Plans, occupancy: Occupancy, checked: Occupancy | None) -> Judged:
    """Give a row its place on the time line, or refuse it because something is there."""
    if row.entry is None or row.refusal or row.known:
        return row
    employee_id = row.entry.person.employee_id
    try:
        if plan := _plan_of(row, plans):
            span = plan.place(row.entry.seconds, occupancy.within(employee_id, plan.whole))
        else:
            span = _own_span(row.entry, checked)
    except RowRefused as refusal:
        return replace(row, refusal=refusal)
    occupancy.add(employee_id, span, f"line {row.record.line}")
    return replace(row, span=span)


def _own_span(entry: Entry, checked: Occupancy | None) -> Span:
    if entry.span is None:
        raise TypeError("An entry without a span has a plan of its day.")
    if checked and (other := checked.find(entry.person.employee_id, entry.span)):
        raise RowRefused(RowClass.OVERLAP, f"The entry overlaps {other.label} of the same person.")
    return entry.span
