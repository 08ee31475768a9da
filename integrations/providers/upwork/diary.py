"""The work diary: cells of ten minutes, which become logs."""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from integrations.providers.upwork.reading import at, moment, text

CELL = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring cells of one kind: [start, end). `is_billable` is False for overtime, which no client pays."""

    start: datetime
    end: datetime
    memo: str
    is_manual: bool
    is_billable: bool

    @property
    def digest(self) -> str:
        written = [self.start.isoformat(), self.end.isoformat(), self.memo, self.is_manual, self.is_billable]
        return hashlib.sha256(json.dumps(written).encode()).hexdigest()


def blocks_of(diary: Any, day: date) -> list[Block]:
    """Return a day's cells, in order and each once, joined where one follows another of its kind."""
    cells = at(diary, "workDiaryTimeCells")
    read = [_read(cell, day) for cell in cells] if isinstance(cells, list) else []
    each_once = {cell.start: cell for cell in read if cell}
    joined: list[Block] = []
    for _, cell in sorted(each_once.items()):
        if joined and replace(joined[-1], start=cell.start, end=cell.end) == cell and joined[-1].end == cell.start:
            joined[-1] = replace(joined[-1], end=cell.end)
        else:
            joined.append(cell)
    return joined


def key_of(contract: str, block: Block) -> str:
    """Return what a block is called: cells have no id, but a start."""
    return f"{prefix_of(contract, block.start.date())}{block.start:%H%M}"


def prefix_of(contract: str, day: date) -> str:
    """Return what the keys of a contract's day have in common."""
    return f"{contract}:{day:%Y%m%d}:"


def _read(cell: Any, day: date) -> Block | None:
    """Return a cell as a block; None for one of another day, or without a time."""
    start = moment(at(cell, "cellDateTime", "rawValue"), day)
    if start is None or start.astimezone(UTC).date() != day:
        return None
    start = start.replace(second=0, microsecond=0)
    memo = text(at(cell, "memo"), 2000) or text(at(cell, "task", "description"), 2000)
    return Block(start, start + CELL, memo, at(cell, "manual") is True, at(cell, "overtime") is not True)
