"""The pages of the documentation, and what is in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.architecture.source import ROOT

_CODE = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_GENERATED = re.compile(r"<!-- generated: (?P<name>[\w-]+) -->\n(?P<text>.*?)<!-- end -->", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Page:
    """A Markdown file; `name` is its path from the root of the project."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def prose(self) -> str:
        """The text without its code blocks."""
        return _CODE.sub("", self.text)

    def links(self) -> Iterator[tuple[str, str]]:
        """Yield text and target of each link."""
        return ((found["text"], found["target"]) for found in _LINK.finditer(self.prose))

    def anchors(self) -> set[str]:
        """Return what may follow `#` in a link to this page."""
        return {_anchor(title) for title in _HEADING.findall(self.prose)}

    def code(self, language: str, *, under: str = "") -> list[str]:
        """Return the code blocks of a language, of one section if its heading is given."""
        return [found["text"] for found in _CODE.finditer(self.section(under)) if found["language"] == language]

    def section(self, heading: str) -> str:
        """Return the text from a heading to the next one of the same level; all of it without a heading."""
        if not heading:
            return self.text
        found = re.search(rf"^(#+) {re.escape(heading)}\n(.*?)(?=^\1 |\Z)", self.text, re.MULTILINE | re.DOTALL)
        assert found, f"{self.name} has no section {heading!r}"
        return found[2]

    def table(self, heading: str) -> list[list[str]]:
        """Return the cells of the rows of the first table of a section, its head left out."""
        rows = [line for line in self.section(heading).splitlines() if line.startswith("|")]
        return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]

    def generated(self) -> dict[str, str]:
        """Return the blocks that programs write, by name."""
        return {found["name"]: found["text"] for found in _GENERATED.finditer(self.text)}

    def with_generated(self, blocks: dict[str, str]) -> str:
        """Return the text with these blocks instead of its own."""

        def replaced(found: re.Match[str]) -> str:
            return f"<!-- generated: {found['name']} -->\n{blocks[found['name']]}<!-- end -->"

        return _GENERATED.sub(replaced, self.text)


@cache
def pages() -> tuple[Page, ...]:
    """README.md and CHANGELOG.md, everything in docs/, and the README of each app."""
    paths = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("[a-z]*/README.md")]
    return tuple(_read(path) for path in sorted({*paths, *ROOT.glob("gauzy/*/README.md")}))


@cache
def page(name: str) -> Page:
    return _read(ROOT / name)


def _read(path: Path) -> Page:
    return Page(path, path.read_text(encoding="utf-8"))


def _anchor(title: str) -> str:
    """As GitHub and GitLab make it: lower case, spaces to hyphens, other punctuation dropped."""
    kept = re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", title).lower())
    return kept.strip().replace(" ", "-")
