import subprocess
import sys

import pytest

from tests.architecture.source import ROOT
from tests.docs.generated import blocks
from tests.docs.pages import Page, pages


@pytest.mark.parametrize("found", pages(), ids=lambda found: found.name)
def test_generated_parts_are_what_the_code_says(found: Page) -> None:
    made = blocks()
    stale = [name for name, text in found.generated().items() if text != made[name]]
    assert stale == [], "run: python -m tests.docs.generated"


def test_every_generated_part_is_shown_somewhere() -> None:
    assert {name for found in pages() for name in found.generated()} == set(blocks())


@pytest.mark.parametrize("words", [("docs",), ("schema", "--check")], ids=" ".join)
def test_what_is_generated_of_events_is_what_the_code_says(words: tuple[str, ...]) -> None:
    """In a process of its own: here tests have events, too."""
    command = [sys.executable, "manage.py", "events", *words]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, f"{ran.stderr}\nrun: python -m tests.docs.generated"
