"""Where things are, and how large they may grow."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGES, ROOT, Module, app_folders, product

LONGEST_MODULE = 300
LONGEST_FUNCTION = 25

# Path -> why it is better whole than split.
LONG_MODULES: dict[str, str] = {"timetracking/events.py": "the published language of one app is read in one place"}
# "path name" -> why it is better whole than split.
LONG_FUNCTIONS: dict[str, str] = {}


def test_the_top_level_packages_are_those_of_the_design() -> None:
    """A new one needs a place in the layers of pyproject.toml first."""
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert found == {*PACKAGES, "tests"}


@pytest.mark.parametrize("folder", app_folders(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_app_says_what_it_owns(folder: Path) -> None:
    readme = folder / "README.md"
    assert readme.exists(), (
        f"{readme.relative_to(ROOT)}: write what the app owns, its words, its dilemmas (10-30 lines)"
    )


def test_modules_stay_small() -> None:
    found = [
        f"{module.name}: {module.lines} lines; split it by idea, or say in LONG_MODULES why not"
        for module in product()
        if module.lines > LONGEST_MODULE and module.name not in LONG_MODULES
    ]
    assert not found, "\n".join(found)


def test_functions_stay_small() -> None:
    found = [
        f"{module.at(function)} {function.name}: {length} lines; name its steps, or say in LONG_FUNCTIONS why not"
        for module in product()
        for function in _functions(module)
        if (length := _length(function)) > LONGEST_FUNCTION and f"{module.name} {function.name}" not in LONG_FUNCTIONS
    ]
    assert not found, "\n".join(found)


def test_the_lists_of_exceptions_hold_nothing_that_is_gone() -> None:
    names = {module.name for module in product()}
    functions = {f"{module.name} {function.name}" for module in product() for function in _functions(module)}
    assert set(LONG_MODULES) <= names
    assert set(LONG_FUNCTIONS) <= functions


def _functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body, without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body and body[-1].end_lineno else 0
