"""Code shown in the documentation is code of the product, letter for letter."""

from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.docs.pages import page

BLOCKS = page("docs/first-event.md").code("python")


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.partition(":")[0].removeprefix("# "))
def test_the_code_of_the_first_event_is_the_products_own(block: str) -> None:
    """Each block begins with a comment: the file, a colon, what to see in it."""
    heading, _, code = block.partition("\n")
    path = Path(heading.removeprefix("# ").partition(":")[0])
    assert code in (ROOT / path).read_text(encoding="utf-8")
