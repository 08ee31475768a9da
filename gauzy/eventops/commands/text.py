"""Text for people, 100 columns wide; times are UTC."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

WIDTH = 100
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def line(text: str, *, indent: str = "") -> str:
    """Return `text` as one line, cut where the page ends."""
    flat = indent + " ".join(text.split())
    return flat if len(flat) <= WIDTH else f"{flat[: WIDTH - 1]}…"


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, indent: str = "") -> list[str]:
    """Return lines with aligned columns; columns headed in capitals are figures, and are aligned to the right."""
    columns = list(zip(*([header] if any(header) else []), *rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    figures = [title.isupper() for title in header]

    def row(cells: Sequence[str]) -> str:
        padded = [
            cell.rjust(width) if figure else cell.ljust(width)
            for cell, width, figure in zip(cells, widths, figures, strict=True)
        ]
        return (indent + "  ".join(padded).rstrip())[:WIDTH]

    return [row(cells) for cells in ([header] if any(header) else []) + list(rows)]


def when(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if moment else "-"


def time_of_day(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%m-%d %H:%M:%S")


def span(length: timedelta) -> str:
    """Return a length of time in its largest unit: `3 min`, `2 d`."""
    seconds = max(int(length.total_seconds()), 0)
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def times(count: int, thing: str, things: str = "") -> str:
    """Return `1 attempt`, `2 attempts`."""
    return f"{count} {thing if count == 1 else things or f'{thing}s'}"


def duration(milliseconds: int | None) -> str:
    if milliseconds is None:
        return "<10 ms"
    return f"{milliseconds} ms" if milliseconds < 10_000 else f"{milliseconds / 1000:.0f} s"
