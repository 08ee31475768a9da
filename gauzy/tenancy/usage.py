"""How commands explain themselves: what each does, examples to copy, what its exit status says."""

import argparse
from typing import Any

from django.core.management.base import CommandParser, DjangoHelpFormatter

EXIT_STATUS = "Exit status: 0 done, 1 refused or found something wrong, 2 wrong usage."


class HelpFormatter(DjangoHelpFormatter):
    """Fills paragraphs, and keeps the lines of a text that has several."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if "\n" in text:
            return "".join(indent + line for line in text.splitlines(keepends=True))
        return super()._fill_text(text, width, indent)


def explain(parser: argparse.ArgumentParser, *examples: str, details: str = "", status: str = EXIT_STATUS) -> None:
    """End the parser's `--help` with details, examples, and the meaning of the exit status.

    An example is what follows `manage.py`. Words in it that end in _ID stand for an id.
    """
    shown = "".join(f"\n  manage.py {example}" for example in examples)
    parser.formatter_class = HelpFormatter
    parser.epilog = "\n\n".join(part for part in (details, f"Examples:{shown}", status) if part)


def add_action(
    actions: Any, name: str, does: str, *examples: str, details: str = "", status: str = EXIT_STATUS
) -> CommandParser:
    """Add a subcommand to what `add_subparsers` returned."""
    parser: CommandParser = actions.add_parser(name, help=does, description=f"{does[0].upper()}{does[1:]}.")
    explain(parser, *examples, details=details, status=status)
    return parser
