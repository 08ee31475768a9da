import pytest

from tests.docs.generated import blocks
from tests.docs.pages import Page, pages


@pytest.mark.parametrize("found", pages(), ids=lambda found: found.name)
def test_generated_parts_are_what_the_code_says(found: Page) -> None:
    made = blocks()
    stale = [name for name, text in found.generated().items() if text != made[name]]
    assert stale == [], "run: python -m tests.docs.generated"


def test_every_generated_part_is_shown_somewhere() -> None:
    assert {name for found in pages() for name in found.generated()} == set(blocks())
