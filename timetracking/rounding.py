"""Rounding of time for reports and invoices: on whole seconds, aligned to the local clock; stored logs never change."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from timetracking.money import share_out


class Direction(StrEnum):
    UP = "up"
    DOWN = "down"
    NEAREST = "nearest"  # a half goes up


def round_seconds(seconds: int, *, step: int, direction: Direction) -> int:
    """Round a length to a multiple of `step` seconds; a step of 0 or 1 leaves it as it is."""
    if seconds < 0 or step < 0:
        raise ValueError("Lengths and steps are not negative.")
    if step <= 1:
        return seconds
    match direction:
        case Direction.UP:
            return -(-seconds // step) * step
        case Direction.DOWN:
            return seconds // step * step
        case Direction.NEAREST:
            return (seconds + step // 2) // step * step


def round_interval(
    start: datetime, end: datetime, *, step: int, direction: Direction, zone: ZoneInfo
) -> tuple[int, int]:
    """Return the interval's bounds as seconds of the epoch, moved to multiples of `step` on the clock of `zone`.

    Up widens it, down narrows it (never below nothing), nearest moves each bound by itself. The clock is that at the
    bound: at quarters of an hour a zone of +05:45 is hit at its own quarters.
    """
    floors, ceils = Direction.DOWN, Direction.UP
    first, last = {
        Direction.UP: (floors, ceils),
        Direction.DOWN: (ceils, floors),
        Direction.NEAREST: (Direction.NEAREST, Direction.NEAREST),
    }[direction]
    begin = _round_instant(start, step, first, zone)
    return begin, max(begin, _round_instant(end, step, last, zone))


def _round_instant(instant: datetime, step: int, direction: Direction, zone: ZoneInfo) -> int:
    offset = instant.astimezone(zone).utcoffset()
    ahead = int(offset.total_seconds()) if offset else 0
    return round_seconds(int(instant.timestamp()) + ahead, step=step, direction=direction) - ahead


def shown_parts(parts: Sequence[int], *, whole: int) -> list[int]:
    """Return the parts as they are shown below a rounded whole: what is shown adds up to the total shown."""
    return share_out(whole, [Decimal(part) for part in parts])
