"""What an import did, line by line."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from employees.choices import Verdict
from employees.exceptions import EmployeeExists
from employees.importing.reading import Line
from employees.models import Employee
from gauzy.exceptions import DomainError


@dataclass(frozen=True, slots=True, kw_only=True)
class LineVerdict:
    """`field`, `code` and `message` are those of a refusal, and empty otherwise."""

    line: int
    verdict: Verdict
    email: str
    field: str = ""
    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """`applied` is false where nothing was written: in a dry run, and where one refusal undid an atomic import.

    The verdicts then say what would have been.
    """

    dry_run: bool
    atomic: bool
    applied: bool
    lines: list[LineVerdict]
    refusals: Mapping[int, DomainError] = field(repr=False)

    def count(self, verdict: Verdict) -> int:
        return Counter(line.verdict for line in self.lines)[verdict]

    def as_json(self) -> dict[str, Any]:
        counts = {str(verdict): self.count(verdict) for verdict in Verdict}
        flags = {"dry_run": self.dry_run, "atomic": self.atomic, "applied": self.applied}
        return {**flags, **counts, "lines": [asdict(line) for line in self.lines]}


def verdict_on(line: Line, outcome: Employee | DomainError) -> LineVerdict:
    email = _printable(line.values.get("email", ""))
    match outcome:
        case Employee():
            return LineVerdict(line=line.number, verdict=Verdict.CREATED, email=email)
        case EmployeeExists():
            return LineVerdict(line=line.number, verdict=Verdict.EXISTS, email=email)
    where, messages = next(iter(outcome.fields.items()), ("", [outcome.message]))
    return LineVerdict(
        line=line.number,
        verdict=Verdict.REFUSED,
        email=email,
        field=where,
        code=outcome.code,
        message=" ".join(messages),
    )


def _printable(text: str) -> str:
    """Return text of unknown origin as a terminal and a JSON document can bear it."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text[:254])
