"""A record read as an entry of time, still without knowledge of what the database holds."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypedDict
from zoneinfo import ZoneInfo

from timetracking.importing.clock import TOLERANCE, DateOrder, Span, read_date, read_time, resolve, resolve_elapsed
from timetracking.importing.formats import Layout, Product
from timetracking.importing.lengths import read_duration, read_hours
from timetracking.importing.people import People, Person, fold
from timetracking.importing.reading import MAX_CELL, Record
from timetracking.importing.refusals import RowClass, RowRefused, Warned

DAY = 86_400
_YES_NO: Mapping[str, bool | None] = {
    "yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": None,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Options:
    """How to read a file. `include_breaks`: Clockify's. `round_hours`: Harvest's, to whole minutes."""

    zone: ZoneInfo
    order: DateOrder | None = None
    include_breaks: bool = False
    round_hours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`span` is None where the file has a day and a length only; `wall` is what the row's key is made of."""

    person: Person
    day: date
    seconds: int
    span: Span | None
    wall: tuple[str, str]
    client: str
    project: str
    task: str
    description: str
    tags: tuple[str, ...]
    billable: bool | None
    warnings: tuple[Warned, ...] = field(default=())


class EntryReader:
    """Reads the records of one file; checks in the order of `RowClass`, and the first that fails names the class."""

    def __init__(self, layout: Layout, people: People, options: Options) -> None:
        self.layout, self.people, self.options = layout, people, options

    def read(self, record: Record) -> Entry:
        """Return the entry, or raise `RowRefused`."""
        cells = self._cells(record.cells)
        by_name, person = self._person(cells)
        warnings = [Warned.MATCHED_BY_NAME] if by_name and self.layout.product is not Product.HARVEST else []
        day = self._day(cells)
        span, seconds, wall = self._time(cells, day, warnings)
        self._check_kind(cells, warnings)
        return Entry(
            person=person,
            day=day,
            seconds=seconds,
            span=span,
            wall=wall,
            billable=_billable(cells.get("billable", "")),
            **_texts(cells, warnings),
            warnings=tuple(warnings),
        )

    def name_of(self, record: Record) -> str:
        """Return how the record calls its person, for reports."""
        cells = dict(zip(self.layout.columns, self._picked(record.cells), strict=True))
        return cells.get("email", "").strip() or _full_name(cells)

    def _picked(self, cells: Sequence[str]) -> list[str]:
        return [cells[place] if place < len(cells) else "" for place in self.layout.columns.values()]

    def _cells(self, cells: Sequence[str]) -> dict[str, str]:
        if len(cells) < self.layout.width or any(cells[self.layout.width :]):
            said = f"The row has {len(cells)} cells, the header {self.layout.width}."
            raise RowRefused(RowClass.WRONG_COLUMN_COUNT, said)
        found = dict(zip(self.layout.columns, self._picked(cells), strict=True))
        if self.layout.dash_is_empty:
            return {name: "" if value.strip() == "-" else value for name, value in found.items()}
        return found

    def _person(self, cells: Mapping[str, str]) -> tuple[bool, Person]:
        email, name = cells.get("email", ""), _full_name(cells)
        no_date = not cells["start_date"].strip()
        if no_date and (not email.strip() and (not name or "email" in self.layout.columns)):
            raise RowRefused(RowClass.NOT_AN_ENTRY)
        match = self.people.find(email=email, name=name)
        return match.by_name, match.person

    def _day(self, cells: Mapping[str, str]) -> date:
        return read_date(cells["start_date"], self.options.order)

    def _time(
        self, cells: Mapping[str, str], day: date, warnings: list[Warned]
    ) -> tuple[Span | None, int, tuple[str, str]]:
        if self.layout.product is Product.HARVEST:
            return self._harvest_time(cells, day, warnings)
        start = datetime.combine(day, read_time(cells["start_time"]))
        if not self.layout.has_end():
            duration = read_duration(cells["duration"])
            if duration is None:
                raise RowRefused(RowClass.RUNNING)
            span = resolve_elapsed(start, duration, self.options.zone)
            return _long(span, warnings), span.seconds, (start.isoformat(), str(duration))
        return self._clocked(cells, start, warnings)

    def _clocked(
        self, cells: Mapping[str, str], start: datetime, warnings: list[Warned]
    ) -> tuple[Span, int, tuple[str, str]]:
        end_date, end_time = cells.get("end_date", "").strip(), cells["end_time"].strip()
        duration = read_duration(cells.get("duration", ""))
        if not end_date and not end_time:
            raise RowRefused(RowClass.RUNNING)
        day = read_date(end_date, self.options.order) if "end_date" in cells else start.date()
        end = datetime.combine(day, read_time(end_time))
        span = resolve(start, end, duration, self.options.zone)
        if duration is not None and abs(span.seconds - duration) > TOLERANCE:
            warnings.append(Warned.DURATION_MISMATCH)
        return _long(span, warnings), span.seconds, (start.isoformat(), end.isoformat())

    def _harvest_time(
        self, cells: Mapping[str, str], day: date, warnings: list[Warned]
    ) -> tuple[Span | None, int, tuple[str, str]]:
        seconds = read_hours(cells["hours"], to_minutes=self.options.round_hours)
        begun, ended = cells.get("start_time", "").strip(), cells.get("end_time", "").strip()
        if begun and ended:
            start, end = (datetime.combine(day, read_time(text)) for text in (begun, ended))
            span = resolve(start, end, seconds, self.options.zone)
            if abs(span.seconds - seconds) > TOLERANCE:
                warnings.append(Warned.DURATION_MISMATCH)
            return span, span.seconds, (start.isoformat(), end.isoformat())
        if not seconds:
            raise RowRefused(RowClass.ZERO_DURATION)
        return None, seconds, (day.isoformat(), str(read_hours(cells["hours"])))

    def _check_kind(self, cells: Mapping[str, str], warnings: list[Warned]) -> None:
        kind = fold(cells.get("type", ""))
        if kind == "break" and not self.options.include_breaks:
            raise RowRefused(RowClass.BREAK)
        if kind not in {"", "regular", "break"}:
            warnings.append(Warned.UNUSUAL_TYPE)


def _full_name(cells: Mapping[str, str]) -> str:
    parts = [cells.get(part, "") for part in ("first_name", "last_name")]
    return " ".join((cells.get("person") or " ".join(parts)).split())


def _long(span: Span, warnings: list[Warned]) -> Span:
    if span.seconds > DAY:
        warnings.append(Warned.LONGER_THAN_24H)
    return span


def _billable(text: str) -> bool | None:
    try:
        return _YES_NO[fold(text)]
    except KeyError as error:
        raise RowRefused(RowClass.BAD_BILLABLE) from error


def _texts(cells: Mapping[str, str], warnings: list[Warned]) -> "_Texts":
    if any("\0" in value or len(value) > MAX_CELL for value in cells.values()):
        raise RowRefused(RowClass.BAD_TEXT)
    client, project, task = (_normal(cells.get(name, "")).strip() for name in ("client", "project", "task"))
    if client and not project:
        warnings.append(Warned.CLIENT_WITHOUT_PROJECT)
    if task and not project:
        warnings.append(Warned.TASK_WITHOUT_PROJECT)
    return {
        "client": client,
        "project": project,
        "task": task,
        "description": _normal(cells.get("description", "")),
        "tags": _tags(_normal(cells.get("tags", ""))),
    }


class _Texts(TypedDict):
    client: str
    project: str
    task: str
    description: str
    tags: tuple[str, ...]


def _tags(text: str) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for part in text.split(","):
        if tag := part.strip():
            found.setdefault(tag.casefold(), tag)
    return tuple(found.values())


def _normal(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
