"""The failure matrix of docs/reliability.md is whole: each row has a test. That those exist: test_references.py."""

import re

from tests.docs.pages import page

ROWS = page("docs/reliability.md").table("Reliability")


def test_every_failure_has_its_row_and_every_row_says_all_and_names_a_test() -> None:
    assert [row[0] for row in ROWS] == [str(number) for number in range(1, 37)]
    incomplete = [row[0] for row in ROWS if len(row) != 5 or not all(row) or not re.search(r"\[`test_\w+`\]", row[4])]
    assert incomplete == []
