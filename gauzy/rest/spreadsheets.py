"""CSV for people who open it in a spreadsheet, however long, in little memory."""

import csv
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from rest_framework.renderers import JSONRenderer

ROWS_AT_ONCE = 500
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class CsvRenderer(JSONRenderer):
    """Lets callers ask for text/csv. The view streams its answer; what is rendered here are refusals, as JSON."""

    media_type = "text/csv"
    format = "csv"


def csv_answer(request: Any, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """Answer with a file of `rows`, which are read while it is sent: after the request's context has ended."""
    lines = _lines(columns, rows)
    portions = iter(lambda: "".join(islice(lines, ROWS_AT_ONCE)), "")
    is_asynchronous = hasattr(request, "scope")  # as ASGI's requests have; what is not, it would read whole before
    return StreamingHttpResponse(
        _awaited(portions) if is_asynchronous else portions,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def harmless(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: a leading apostrophe makes it text; numbers stay."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()


class _Line:
    """What `csv.writer` writes to: hands the line back."""

    def write(self, line: str) -> str:
        return line


def _lines(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield writer.writerow(columns)
    for row in rows:
        yield writer.writerow([harmless("" if cell is None else str(cell)) for cell in row])


async def _awaited(portions: Iterator[str]) -> AsyncIterator[str]:
    def following() -> str:
        return next(portions, "")

    while portion := await sync_to_async(following)():
        yield portion
