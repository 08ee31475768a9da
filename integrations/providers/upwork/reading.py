"""What Upwork writes, read: it has several ways to write one thing."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from integrations.providers.github.payloads import at, storable

__all__ = ["at", "compact", "day_of", "moment", "money", "text"]

_DAY = 86_400
_MILLISECONDS_FROM = 100_000_000_000
_COMPACT = len("20260330")
_LARGEST = Decimal(10) ** 8
_CENTS = Decimal("0.0001")


def text(value: Any, longest: int) -> str:
    is_text = isinstance(value, str | int) and not isinstance(value, bool)
    return storable(str(value)).strip()[:longest].rstrip() if is_text else ""


def moment(raw: Any, day: date) -> datetime | None:
    """Read a `DateTime.rawValue`: the second of the day, an epoch in seconds or milliseconds, or ISO 8601."""
    written = str(raw)
    try:
        if not (written.isascii() and written.isdecimal()):
            read = datetime.fromisoformat(written)
            return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
        number = int(written[:20])
        if number < _DAY:
            return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=number)
        return datetime.fromtimestamp(number // 1000 if number >= _MILLISECONDS_FROM else number, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def day_of(value: Any) -> date | None:
    """Read a contract's date: ISO 8601 with or without a time, or an epoch in milliseconds."""
    written = str(value or "")
    if len(written) == _COMPACT and written.isdecimal():
        try:
            return date.fromisoformat(written)
        except ValueError:
            return None
    found = moment(written, date.min) if written else None
    return found.date() if found else None


def compact(day: date) -> str:
    """Write a day as the work diary wants it; any other form is answered by silence."""
    return f"{day:%Y%m%d}"


def money(value: Any) -> tuple[Decimal, str] | None:
    """Read a `Money` as amount and currency; None for what is no amount that we keep."""
    try:
        amount = Decimal(str(at(value, "rawValue")))
        if not (amount.is_finite() and 0 <= amount < _LARGEST):
            return None
        return amount.quantize(_CENTS), (text(at(value, "currency"), 3) or "USD").upper()
    except InvalidOperation:
        return None
