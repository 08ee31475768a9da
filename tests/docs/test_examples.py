"""Code shown in the documentation is code of the product, letter for letter."""

from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.docs.pages import page

HOW_TO = [f"docs/how-to/{path.name}" for path in sorted((ROOT / "docs/how-to").glob("*.md"))]
BLOCKS = [(name, block) for name in ("docs/first-event.md", *HOW_TO) for block in page(name).code("python")]


@pytest.mark.parametrize(("name", "block"), BLOCKS, ids=[f"{name}-{number}" for number, (name, _) in enumerate(BLOCKS)])
def test_the_code_of_a_page_is_the_products_own(name: str, block: str) -> None:
    """Each block begins with a comment: the file, a colon, what to see in it."""
    heading, _, code = block.partition("\n")
    path = Path(heading.removeprefix("# ").partition(":")[0])
    assert code in (ROOT / path).read_text(encoding="utf-8"), f"{name} shows what {path} does not have"
