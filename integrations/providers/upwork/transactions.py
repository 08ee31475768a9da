"""The file of transactions that a user downloads from Upwork, in the forms it had over the years."""

import csv
import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from integrations.exceptions import FileRefused, RowUnreadable
from integrations.providers.github.payloads import storable

MAX_BYTES = 5_000_000
MAX_ROWS = 20_000
CURRENCY = "USD"  # of the column that we read; others are for information
_COLUMNS = {  # header, without case and blanks around it -> what it is
    "date": "date",
    "ref id": "reference",
    "transaction id": "transaction",
    "type": "kind",
    "transaction type": "kind",
    "description": "description",
    "transaction summary": "description",
    "freelancer": "freelancer",
    "team": "client",
    "client team": "client",
    "amount": "amount",
    "amount $": "amount",
}
_DETAILS = re.compile(r"transaction summary details|description [123]")
_DATES = ("%b %d, %Y", "%Y-%m-%d", "%m/%d/%Y")
_LARGEST = Decimal(10) ** 10


@dataclass(frozen=True, slots=True)
class Transaction:
    """`amount` is signed, as it changed the wallet. `key` is the same in every file that holds the transaction."""

    key: str
    reference: str
    day: date
    kind: str
    description: str
    freelancer: str
    client: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is that of the file, from 1 for the header; `found` the transaction, or why there is none."""

    line: int
    found: Transaction | RowUnreadable


def read_transactions(content: bytes) -> list[Row]:
    """Return the rows of a file; raise `FileRefused` for one that is none of Upwork's."""
    lines = _records(content)
    header = [_named(name) for name in next(lines, (0, []))[1]]
    if missing := sorted({"date", "kind", "amount"} - set(header)) + _missing_id(header):
        raise FileRefused(f"Columns are missing: {', '.join(missing)}.")
    cells = [(line, _cells(header, record)) for line, record in lines]
    cells = [(line, row) for line, row in cells if row.get("date") or row.get("kind")]  # the others are footers
    references, seen = Counter(row.get("reference", "") for _, row in cells), Counter[str]()
    return [Row(line, _read(row, references, seen)) for line, row in cells]


def _records(content: bytes) -> Iterator[tuple[int, list[str]]]:
    if len(content) > MAX_BYTES:
        raise FileRefused(f"The file is larger than {MAX_BYTES} bytes.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefused("The file is not UTF-8.") from error
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
    try:
        for number, record in enumerate(reader):
            if number > MAX_ROWS:
                raise FileRefused(f"The file has more than {MAX_ROWS} rows.")
            yield reader.line_num, record
    except csv.Error as error:
        raise FileRefused(f"The file is no CSV: {error}.") from error


def _named(header: str) -> str:
    name = header.strip().casefold()
    return "details" if _DETAILS.fullmatch(name) else _COLUMNS.get(name, "")


def _missing_id(header: list[str]) -> list[str]:
    return [] if {"reference", "transaction"} & set(header) else ["ref id or transaction id"]


def _cells(header: list[str], record: list[str]) -> dict[str, str]:
    cells: dict[str, str] = {}
    for name, cell in zip(header, record, strict=False):
        if name and (told := storable(cell).strip()):
            cells[name] = f"{cells[name]} · {told}" if name in cells else told
    return cells


def _read(row: Mapping[str, str], references: Mapping[str, int], seen: Counter[str]) -> Transaction | RowUnreadable:
    try:
        day, amount, kind = _day(row.get("date", "")), _amount(row.get("amount", "")), row.get("kind", "")
    except RowUnreadable as refusal:
        return refusal
    if not kind:
        return RowUnreadable("The row has no type.")
    return Transaction(
        key=_key(row, references, seen),
        reference=row.get("reference", "")[:100],
        day=day,
        kind=kind[:50],
        description=" · ".join(row[name] for name in ("description", "details") if name in row)[:500],
        freelancer=row.get("freelancer", "")[:200],
        client=row.get("client", "")[:200],
        amount=amount,
    )


def _key(row: Mapping[str, str], references: Mapping[str, int], seen: Counter[str]) -> str:
    """Return the reference id, or what sums up a row that has none of its own and how often it came before."""
    reference = row.get("reference", "")
    if reference and references[reference] == 1 and len(reference) <= 60:
        return reference
    digest = hashlib.sha256(json.dumps(sorted(row.items())).encode()).hexdigest()[:48]
    seen[digest] += 1
    return f"#{digest}:{seen[digest]}"


def _day(written: str) -> date:
    for form in _DATES:
        try:
            return datetime.strptime(written, form).date()  # noqa: DTZ007  a day, not an instant
        except ValueError:
            continue
    raise RowUnreadable(f"This is no date: {written[:50]!r}.")


def _amount(written: str) -> Decimal:
    plain = written.replace("\u2212", "-").replace("$", "").replace(",", "").replace(" ", "")
    plain = f"-{plain[1:-1]}" if plain.startswith("(") and plain.endswith(")") else plain
    try:
        amount = Decimal(plain)
    except InvalidOperation as error:
        raise RowUnreadable(f"This is no amount: {written[:50]!r}.") from error
    if not amount.is_finite() or abs(amount) >= _LARGEST:
        raise RowUnreadable(f"This is no amount: {written[:50]!r}.")
    return amount.quantize(Decimal("0.0001"))
