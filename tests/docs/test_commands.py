"""Every command explains itself: examples that may be typed as they are, `--json`, what its exit status says."""

import re
import shlex
from uuid import UUID

import pytest

from tests.docs.commands import Leaf, leaves

# Replaces Django's, and is explained by Django.
DJANGOS = {"flush"}
# Command -> why it has no --json.
WITHOUT_JSON = {
    "demo": "tells a story while it happens; its result is its exit status",
    "flush": "Django's",
    "runserver": "runs until it is stopped, and Django's otherwise",
    "serve": "runs until it is stopped",
    "webhooks listen": "shows messages as they arrive, until it is stopped",
}
ANY_ID = str(UUID(int=7))

EACH = pytest.mark.parametrize("leaf", [leaf for leaf in leaves() if leaf.name not in DJANGOS], ids=lambda it: it.name)


@EACH
def test_a_command_shows_examples_that_parse(leaf: Leaf) -> None:
    assert leaf.examples, f"{leaf.name}: give it examples with gauzy.tenancy.usage.explain or add_action"
    for example in leaf.examples:
        command, *arguments = [re.sub(r"^[A-Z_]+_ID$", ANY_ID, word) for word in shlex.split(example)]
        assert (command, *arguments[: len(leaf.words) - 1]) == leaf.words
        leaf.whole.parse_args(arguments)


@EACH
def test_its_help_says_what_it_does_and_what_its_exit_status_means(leaf: Leaf) -> None:
    shown = " ".join(leaf.parser.format_help().split())
    assert " ".join(leaf.does.split()).lower() in shown.lower()
    assert re.search(r"Exit status: 0 .+, 1 .+, 2 .+\.$", shown)


def test_every_command_that_reports_has_json() -> None:
    assert {leaf.name for leaf in leaves() if not leaf.has_json} == set(WITHOUT_JSON)
