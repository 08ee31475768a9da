"""Durations and hours as the products write them, in whole seconds."""

import re
from decimal import ROUND_HALF_UP, Decimal

from timetracking.importing.refusals import RowClass, RowRefused
from timetracking.rounding import Direction, round_seconds

_CLOCK = re.compile(r"(\d{1,4}):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
_MINUTES = re.compile(r"(\d{1,4}):([0-5]\d) min", re.ASCII)
_SECONDS = re.compile(r"(\d{1,4}) sec", re.ASCII)
_DECIMAL = re.compile(r"\d{1,5}(?:[.,]\d{1,6})?", re.ASCII)
_HOURS = re.compile(r"\d+(?:[.,]\d+)*", re.ASCII)


def read_duration(text: str) -> int | None:
    """Return the seconds of `1:30:15`, `1:30`, `18:25 min`, `45 sec` or `0.31`; None of nothing."""
    text = text.strip()
    if text in {"", "-"}:
        return None
    if match := _CLOCK.fullmatch(text):
        return int(match[1]) * 3_600 + int(match[2]) * 60 + int(match[3] or 0)
    if match := _MINUTES.fullmatch(text):
        return int(match[1]) * 60 + int(match[2])
    if match := _SECONDS.fullmatch(text):
        return int(match[1])
    if _DECIMAL.fullmatch(text):
        return _seconds_of(text.replace(",", "."))
    raise RowRefused(RowClass.BAD_DURATION)


def read_hours(text: str, *, to_minutes: bool = False) -> int:
    """Return the seconds of decimal hours, with comma or point (of both the last is the decimal sign), or of `7:30`.

    A third decimal rounds half-up to the second; `to_minutes` rounds the result half-up to minutes.
    """
    text = text.strip()
    if match := _CLOCK.fullmatch(text):
        seconds = int(match[1]) * 3_600 + int(match[2]) * 60 + int(match[3] or 0)
    elif _HOURS.fullmatch(text):
        seconds = _seconds_of(_plain(text))
    else:
        raise RowRefused(RowClass.BAD_HOURS)
    return round_seconds(seconds, step=60, direction=Direction.NEAREST) if to_minutes else seconds


def _plain(text: str) -> str:
    """Return the number with a point for its decimal sign and nothing between thousands."""
    sign = max(text.rfind(","), text.rfind("."))
    if sign < 0:
        return text
    whole = text[:sign].replace(",", "").replace(".", "")
    return f"{whole}.{text[sign + 1 :]}"


def _seconds_of(hours: str) -> int:
    return int((Decimal(hours) * 3_600).quantize(Decimal(1), ROUND_HALF_UP))
