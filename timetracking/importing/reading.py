"""From bytes to records: encoding, delimiter, physical line numbers, and quotes that are never closed."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from gauzy.exceptions import Invalid
from timetracking.importing.formats import Layout, recognize
from timetracking.importing.refusals import BadEncoding, FileWarning, TooLarge, UnclosedQuote, UnknownFormat

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 200_000
MAX_RECORD = 1024 * 1024  # characters; a record that is longer has swallowed the rest of the file
MAX_CELL = 64 * 1024

_DELIMITERS = (",", ";", "\t")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Record:
    """`line` is the physical line where it begins (header = 1), `row` counts data rows from 1."""

    line: int
    row: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file whose product is known. `records` may be read several times."""

    layout: Layout
    delimiter: str
    encoding: str
    first_line: int  # where the header stands
    text: str = field(repr=False)
    warnings: tuple[FileWarning, ...] = ()

    def records(self) -> Iterator[Record]:
        """Yield what stands below the header; raise `UnclosedQuote` or `TooLarge`."""
        found = _split(self.text, self.delimiter)
        next(found, None)
        row = 0
        for line, cells in found:
            if not cells:
                continue
            row += 1
            if row > MAX_ROWS:
                raise TooLarge(f"The file has more than {MAX_ROWS} rows. Split it.")
            yield Record(line + self.first_line - 1, row, cells)


def check_size(size: int) -> None:
    """Raise `TooLarge` for a file of more bytes than are read."""
    if size > MAX_BYTES:
        raise TooLarge(f"The file has {size} bytes, more than {MAX_BYTES}. Split it.")


def read_sheet(content: bytes) -> Sheet:
    """Return the file as a sheet; raise the subclass of `Invalid` that says what is wrong with it as a whole."""
    check_size(len(content))
    if content.startswith((b"PK\x03\x04", b"%PDF")):
        raise UnknownFormat("This is a spreadsheet or a PDF. Export as CSV.")
    text, encoding, warnings = _decode(content)
    first_line = 1
    if text.lower().startswith("sep="):
        _, _, text = text.partition("\n")
        first_line = 2
    delimiter, layout = _find_layout(text)
    return Sheet(layout, delimiter, encoding, first_line, text, warnings)


def _decode(content: bytes) -> tuple[str, str, tuple[FileWarning, ...]]:
    try:
        if content.startswith(_UTF16):
            return content.decode("utf-16"), "utf-16", ()
        return content.decode("utf-8-sig"), "utf-8", ()
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252"), "cp1252", (FileWarning.DECODED_AS_CP1252,)
    except UnicodeDecodeError as error:
        raise BadEncoding from error


def _find_layout(text: str) -> tuple[str, Layout]:
    """Try each delimiter on the header; if none fits, the one that makes the most columns says what is wrong."""
    headers = [(delimiter, next(_split(text, delimiter), (1, []))[1]) for delimiter in _DELIMITERS]
    refusals: list[tuple[int, Invalid]] = []
    for delimiter, header in headers:
        try:
            return delimiter, recognize(header)
        except Invalid as refusal:
            refusals.append((len(header), refusal))
    raise max(refusals, key=lambda found: found[0])[1]


def _split(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the line where it begins; a blank line is a record without cells."""
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter, doublequote=True)
    while True:
        lines.begin(reader.line_num + 1)
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _unclosed(lines.began) from error
        if lines.ended and _is_unclosed(lines.raw, delimiter):
            raise _unclosed(lines.began)
        yield lines.began, cells if any(cells) else []


class _Lines:
    """The lines of a text, and which of them make up the record that is being read."""

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline="")
        self.began, self.raw, self.ended, self._length = 1, list[str](), False, 0

    def begin(self, line: int) -> None:
        self.began, self.raw, self._length = line, [], 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._lines.readline()
        if not line:
            self.ended = True
            raise StopIteration
        self._length += len(line)
        if self._length > MAX_RECORD:
            raise _unclosed(self.began)
        self.raw.append(line)
        return line


def _is_unclosed(raw: list[str], delimiter: str) -> bool:
    try:
        list(csv.reader(raw, delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False


def _unclosed(line: int) -> UnclosedQuote:
    return UnclosedQuote(f"The record that begins in line {line} opens a quote and never closes it.")
