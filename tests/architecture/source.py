"""The product's Python files, parsed."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("gauzy", "employees", "timetracking", "integrations", "activitylog")


@dataclass(frozen=True)
class Module:
    """One file; `name` is its path below the root, as a reader would open it."""

    name: str
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        return self.text.count("\n")

    def at(self, node: ast.expr | ast.stmt) -> str:
        return f"{self.name}:{node.lineno}"


@cache
def product() -> tuple[Module, ...]:
    """Every module that ships, without migrations, which are generated."""
    return tuple(_modules())


def _modules() -> Iterator[Module]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT)
            if "migrations" not in name.parts:
                text = path.read_text(encoding="utf-8")
                yield Module(name.as_posix(), text, ast.parse(text))


def app_folders() -> list[Path]:
    return sorted(path.parent for package in PACKAGES for path in (ROOT / package).rglob("apps.py"))
