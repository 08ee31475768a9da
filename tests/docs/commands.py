"""Every command of ours, with its subcommands, as its parser has them."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.core.management import get_commands, load_command_class
from django.core.management.base import CommandParser

from tests.architecture.source import PACKAGES


@dataclass(frozen=True, slots=True)
class Leaf:
    """A command that can be run; `words` are its name and its subcommand's, `whole` the command's parser."""

    words: tuple[str, ...]
    does: str
    parser: argparse.ArgumentParser
    whole: CommandParser

    @property
    def name(self) -> str:
        return " ".join(self.words)

    @property
    def examples(self) -> list[str]:
        lines = (self.parser.epilog or "").splitlines()
        return [line.removeprefix("  manage.py ") for line in lines if line.startswith("  manage.py ")]

    @property
    def has_json(self) -> bool:
        return "--json" in self.parser._option_string_actions


@cache
def leaves() -> tuple[Leaf, ...]:
    """Return what our apps add to `manage.py`, or put in the place of what Django has."""
    ours = [(name, app) for name, app in get_commands().items() if str(app).split(".")[0] in PACKAGES]
    return tuple(leaf for name, app in sorted(ours) for leaf in _of_command(str(app), name))


def _of_command(app: str, name: str) -> Iterator[Leaf]:
    command = load_command_class(app, name)
    whole = command.create_parser("manage.py", name)
    groups = [action for action in whole._actions if isinstance(action, argparse._SubParsersAction)]
    if not groups:
        yield Leaf((name,), command.help, whole, whole)
    for group in groups:
        helps = {choice.dest: str(choice.help) for choice in group._choices_actions}
        for word, parser in group.choices.items():
            yield Leaf((name, word), helps[word], parser, whole)
