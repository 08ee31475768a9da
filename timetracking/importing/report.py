"""What an import did, row by row and in sum."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from timetracking.choices import RowVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictOnRow:
    """`code` and `message` are those of a refusal, and empty otherwise. `seconds` are those of an accepted row."""

    line: int
    row: int
    person: str
    verdict: RowVerdict
    seconds: int = 0
    code: str = ""
    message: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """`applied` is false where nothing was written: in a dry run, and where a refusal undid an atomic import.

    The verdicts then say what would have been. `made` are names of what was missing, by kind.
    """

    dry_run: bool
    applied: bool
    product: str
    encoding: str
    delimiter: str
    time_zone: str
    date_order: str
    warnings: tuple[str, ...]
    made: Mapping[str, Sequence[str]]
    rows: Sequence[VerdictOnRow] = field(repr=False)
    time_import_id: UUID | None = None

    def count(self, verdict: RowVerdict) -> int:
        return Counter(row.verdict for row in self.rows)[verdict]

    def seconds_by_person(self) -> dict[str, int]:
        """Return the seconds of created and known rows by person, to be laid beside the source's own totals."""
        seconds: Counter[str] = Counter()
        for row in self.rows:
            if row.verdict != RowVerdict.REFUSED:
                seconds[row.person] += row.seconds
        return dict(seconds)

    def as_json(self) -> dict[str, Any]:
        data = {name: value for name, value in asdict(self).items() if name != "rows"}
        counts = {str(verdict): self.count(verdict) for verdict in RowVerdict}
        return {**data, **counts, "seconds": self.seconds_by_person(), "rows": [asdict(row) for row in self.rows]}
