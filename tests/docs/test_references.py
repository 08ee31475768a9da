"""What the documentation names exists: files, headings, tests, checks, commands, make targets, variables."""

import ast
import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from gauzy.eventops.commands import ACTIONS
from tests.architecture.source import ROOT
from tests.docs.pages import Page, page, pages
from tests.eventbus.test_checks import FINDINGS

EACH_PAGE = pytest.mark.parametrize("found", pages(), ids=lambda found: found.name)
_TEST = re.compile(r"`(test_\w+)`")


@EACH_PAGE
def test_links_lead_somewhere(found: Page) -> None:
    local = [target for _, target in found.links() if "://" not in target]
    assert [target for target in local if not _resolves(found, target)] == []


@EACH_PAGE
def test_tests_that_are_named_exist(found: Page) -> None:
    """They are named by links: the test's name in backticks, leading to its file."""
    missing = [
        f"{name} in {target}"
        for text, target in found.links()
        for name in _TEST.findall(text)
        if name not in _functions(_target(found, target))
    ]
    assert missing == []
    linked = {name for text, _ in found.links() for name in _TEST.findall(text)}
    assert set(_TEST.findall(found.prose)) == linked, "name each test by a link to its file"


@EACH_PAGE
def test_commands_that_are_named_exist(found: Page) -> None:
    known = get_commands()
    for command, word in re.findall(r"manage\.py ([a-z_]+)(?: (\w+))?", found.text):
        assert command in known
        assert command != "events" or word in {*ACTIONS, ""}, f"manage.py events {word}"
    for word in re.findall(r"`events (\w+)", found.prose):
        assert word in ACTIONS


@EACH_PAGE
def test_make_targets_that_are_named_exist(found: Page) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", found.text)) <= targets


@EACH_PAGE
def test_no_page_names_a_machine_or_a_package_index(found: Page) -> None:
    assert re.findall(r"/(?:home|root|work|tmp|Users)/|pypi\.|simple/|index-url", found.text) == []


def test_the_checks_of_the_bus_are_those_of_the_table_and_each_has_its_test() -> None:
    source = (ROOT / "gauzy/eventbus/checks.py").read_text(encoding="utf-8")
    assert _checks(page("docs/bus.md").section("What manage.py check finds")) == _checks(source)
    assert [check_id for check_id, *_ in FINDINGS] == sorted(_checks(source), key=lambda check_id: check_id[-3:])
    assert all(_checks(found.text) <= _checks(source) for found in pages())


def test_every_variable_of_the_environment_is_documented_and_no_other() -> None:
    documented = {cell[0].strip("`") for cell in page("docs/operations.md").table("Settings from the environment")}
    assert documented == set().union(*map(_variables, (ROOT / "gauzy/settings").glob("*.py")))


def test_every_page_of_the_documentation_can_be_found() -> None:
    """From README.md, following links."""
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        path = waiting.pop()
        reached.add(path)
        for _, target in page(path.relative_to(ROOT).as_posix()).links():
            there = _target(page(path.relative_to(ROOT).as_posix()), target)
            if there.suffix == ".md" and there not in reached:
                waiting.append(there)
    assert {found.path for found in pages()} - reached == set()


def _checks(text: str) -> set[str]:
    return set(re.findall(r"eventbus\.[A-Z]\d{3}", text))


def _target(found: Page, target: str) -> Path:
    file = target.partition("#")[0]
    return (found.path.parent / file).resolve() if file else found.path


def _resolves(found: Page, target: str) -> bool:
    path, anchor = _target(found, target), target.partition("#")[2]
    return path.exists() and (not anchor or anchor in page(path.relative_to(ROOT).as_posix()).anchors())


def _functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def _variables(path: Path) -> set[str]:
    """Return the names that a settings module reads: `env.str("NAME", …)`, and those it loops over."""
    return set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', path.read_text(encoding="utf-8")))
