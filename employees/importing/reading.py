"""The form of an employee CSV: what is wrong with the file raises, what is wrong with a line stays with the line."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from employees.exceptions import (
    DuplicateColumn,
    EmptyFile,
    FileTooLarge,
    InvalidDate,
    MalformedLine,
    MissingColumn,
    MissingValue,
    NulCharacter,
    UnknownColumn,
    UnreadableHeader,
    WrongEncoding,
    WrongFieldCount,
)
from gauzy.exceptions import Invalid

COLUMNS = ("email", "first_name", "last_name", "start_date", "job_title", "time_zone", "external_id")
REQUIRED = COLUMNS[:3]
MAX_BYTES = 5_000_000
MAX_LINES = 20_000

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NOT_UTF8 = re.compile("[\udc80-\udcff]")  # what "surrogateescape" makes of such bytes


@dataclass(frozen=True, slots=True)
class _Header:
    """The columns in the file's order, and what stands between them: a semicolon where commas are for decimals."""

    columns: Sequence[str]
    delimiter: str


@dataclass(frozen=True, slots=True)
class Line:
    """`number` is the line's in the file, from 1 for the header; `values` has every column the header names."""

    number: int
    values: dict[str, str] = field(default_factory=dict)
    start_date: date | None = None
    refusal: Invalid | None = None


def read_lines(content: bytes) -> list[Line]:
    """Return the lines below the header that are not empty; raise a subclass of `Invalid` for a file that is useless.

    A record stands on one line, so that a quote which is never closed costs one record and not the rest of the file.
    """
    if len(content) > MAX_BYTES:
        raise FileTooLarge(f"The file has {len(content)} bytes, more than {MAX_BYTES}. Split it.")
    lines = enumerate(_split(content), start=1)
    _, first = next(lines, (1, ""))
    header = _read_header(first)
    found = [_read_line(number, text, header) for number, text in lines if text.strip(" ,;\t\n")]
    if len(found) > MAX_LINES:
        raise FileTooLarge(f"The file has {len(found)} lines, more than {MAX_LINES}. Split it.")
    return found


def _split(content: bytes) -> Iterator[str]:
    text = content.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogateescape")
    return iter(io.StringIO(text, newline=None))


def _read_header(text: str) -> _Header:
    if not text.strip():
        raise EmptyFile
    if "\0" in text or _NOT_UTF8.search(text):
        raise UnreadableHeader
    delimiter = ";" if ";" in text and "," not in text else ","
    try:
        names = [name.strip().lower().replace(" ", "_") for name in _parse(text, delimiter)]
    except csv.Error as error:
        raise UnreadableHeader from error
    if unknown := [name for name in names if name not in COLUMNS]:
        raise _bad_header(UnknownColumn, unknown)
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise _bad_header(DuplicateColumn, twice)
    if missing := [name for name in REQUIRED if name not in names]:
        raise _bad_header(MissingColumn, missing)
    return _Header(names, delimiter)


def _bad_header(refusal: type[Invalid], names: Sequence[str]) -> Invalid:
    return refusal(
        f"Line 1: {refusal.message} The header is {','.join(COLUMNS)}.",
        fields={name[:100]: [refusal.message] for name in names},
    )


def _read_line(number: int, text: str, header: _Header) -> Line:
    try:
        cells = [cell.strip() for cell in _parse(text, header.delimiter)]
    except csv.Error:
        return Line(number, refusal=MalformedLine())
    values = dict(zip(header.columns, cells, strict=False))
    try:
        _check_count(cells, header.columns)
        _check_values(values)
        return Line(number, values, start_date=_read_date(values.get("start_date", "")))
    except Invalid as refusal:
        return Line(number, values, refusal=refusal)


def _parse(text: str, delimiter: str) -> list[str]:
    return next(csv.reader([text], strict=True, delimiter=delimiter))


def _check_count(cells: Sequence[str], columns: Sequence[str]) -> None:
    if len(cells) == len(columns):
        return
    said = f"This line has {len(cells)} fields, the header {len(columns)}."
    raise WrongFieldCount(said, fields={name: [said] for name in columns[len(cells) :]})


def _check_values(values: dict[str, str]) -> None:
    for name, value in values.items():
        if _NOT_UTF8.search(value):
            raise _refuse(WrongEncoding, name)
        if "\0" in value:
            raise _refuse(NulCharacter, name)
        if name in REQUIRED and not value:
            raise _refuse(MissingValue, name)


def _read_date(text: str) -> date | None:
    if not text:
        return None
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise _refuse(InvalidDate, "start_date")


def _refuse(refusal: type[Invalid], name: str) -> Invalid:
    return refusal(fields={name: [refusal.message]})
