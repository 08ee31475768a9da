"""What Upwork writes, read: it has several ways to write one thing."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from integrations.providers.github.payloads import storable

_DAY = 86_400
_MILLISECONDS_FROM = 100_000_000_000


def text(value: Any, longest: int) -> str:
    return storable(str(value)).strip()[:longest] if isinstance(value, str | int) else ""


def at(found: Any, *path: str) -> Any:
    """Return what is found along the path of names, None where there is nothing."""
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def moment(raw: Any, day: date) -> datetime | None:
    """Read a `DateTime.rawValue`: the second of the day, an epoch in seconds or milliseconds, or ISO 8601."""
    written = str(raw)
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    try:
        if not written.isdigit():
            read = datetime.fromisoformat(written)
            return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
        number = int(written)
        if number < _DAY:
            return midnight + timedelta(seconds=number)
        return datetime.fromtimestamp(number // 1000 if number >= _MILLISECONDS_FROM else number, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def day_of(value: Any) -> date | None:
    """Read a contract's date: ISO 8601 with or without a time, or an epoch in milliseconds."""
    written = str(value or "")
    if len(written) == len("20260330") and written.isdigit():
        return date.fromisoformat(written)
    found = moment(written, date.min) if written else None
    return found.date() if found else None


def compact(day: date) -> str:
    """Write a day as the work diary wants it; any other form is answered by silence."""
    return f"{day:%Y%m%d}"


def money(value: Any) -> tuple[Decimal, str] | None:
    """Read a `Money` as amount and currency."""
    try:
        return Decimal(str(at(value, "rawValue"))), str(at(value, "currency") or "USD")
    except InvalidOperation:
        return None
