import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.core.management.base import CommandParser, OutputWrapper
from django.core.serializers.json import DjangoJSONEncoder

from gauzy.tenancy.selectors import find_tenant
from gauzy.tenancy.usage import EXIT_STATUS

Options = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Output:
    """Standard output holds the answer and nothing else; what else is worth saying goes to standard error."""

    stdout: OutputWrapper
    stderr: OutputWrapper
    as_json: bool

    def show(self, data: Sequence[dict[str, Any]], lines: Iterable[str]) -> None:
        """Print `data` for programs, as one list, or `lines` for people."""
        if self.as_json:
            self.stdout.write(json.dumps(list(data), cls=DjangoJSONEncoder, indent=2))
        else:
            self.lines(lines)

    def lines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.stdout.write(line.rstrip())
        self.stdout.flush()

    def note(self, text: str) -> None:
        self.stderr.write(text)


class Action(ABC):
    """One word after `manage.py events`."""

    name: ClassVar[str]
    help: ClassVar[str]
    examples: ClassVar[tuple[str, ...]]  # what follows `manage.py events`
    details: ClassVar[str] = ""
    status: ClassVar[str] = EXIT_STATUS

    def add_arguments(self, parser: CommandParser) -> None:  # noqa: B027  many need no more
        """Declare options besides `--json`."""

    @abstractmethod
    def run(self, options: Options, output: Output) -> None:
        """Do it. Raise `CommandError` with `returncode` 1 for having found something wrong, 2 for wrong usage."""


def add_tenant(parser: CommandParser) -> None:
    parser.add_argument("--tenant", metavar="TENANT", help="only this tenant: its id or exact name")


def tenant_of(options: Options) -> UUID | None:
    """Return the id of the tenant that `--tenant` names; None if it is not given."""
    return find_tenant(options["tenant"]).id if options.get("tenant") else None
