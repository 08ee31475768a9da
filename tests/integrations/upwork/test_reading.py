"""Upwork's answers, read: the forms that one thing has, and what nobody should send."""

import random
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from integrations.providers.upwork.contracts import read_contract
from integrations.providers.upwork.diary import Block, blocks_of
from integrations.providers.upwork.reading import day_of, moment, money
from tests.support.upwork_api import contract

DAY = date(2026, 3, 30)
NINE = datetime(2026, 3, 30, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    ["32400", "1774861200", "1774861200000", "2026-03-30T09:00:00Z", "2026-03-30T09:00:00+0000", "2026-03-30T09:00:00"],
)
def test_a_moment_has_several_forms(raw: str) -> None:
    assert moment(raw, DAY) == NINE


@pytest.mark.parametrize("raw", [None, "", "soon", "9" * 50, "-1", "2026-13-40", {}, "\ud800", "²"])
def test_what_is_no_moment_is_none(raw: Any) -> None:
    assert moment(raw, DAY) is None


@pytest.mark.parametrize("raw", ["20260330", "2026-03-30", "2026-03-30T00:00:00+0000", 1774828800000])
def test_a_day_has_several_forms(raw: Any) -> None:
    assert day_of(raw) == DAY


def test_money_is_read_as_text_and_only_if_it_is_an_amount() -> None:
    assert money({"rawValue": "45.5", "currency": "eur"}) == (Decimal("45.5"), "EUR")
    for raw in ("NaN", "sNaN", "Infinity", "-1", "1e99", "much", None):
        assert money({"rawValue": raw, "currency": "USD"}) is None


def test_terms_are_a_history_of_which_the_newest_without_an_end_counts() -> None:
    terms = [
        {"hourlyRate": {"rawValue": str(rate), "currency": "USD"}, "startDate": start, "endDate": end}
        for rate, start, end in ((40, "2025-01-01", "2025-12-31"), (50, "2026-02-01", None), (45, "2026-01-01", None))
    ]
    read = read_contract(contract("1", "2") | {"terms": {"hourlyTerms": [None, *terms]}, "title": None})
    assert read
    assert (read.rate, read.rate_since, read.title) == (Decimal(50), date(2026, 2, 1), "Upwork contract 1")


def test_a_cell_of_another_day_is_left_out() -> None:
    cells = [{"cellDateTime": {"rawValue": raw}, "memo": " A "} for raw in ("1774861200", "1774947600", "32400")]
    assert blocks_of({"workDiaryTimeCells": cells}, DAY) == [
        Block(NINE, NINE.replace(minute=10), "A", is_manual=False, is_billable=True)
    ]


@pytest.mark.parametrize("seed", range(20))
def test_nonsense_is_read_as_nothing_or_as_something_storable(seed: int) -> None:
    chance = random.Random(seed)
    found = _muddled(contract("1", "2"), chance)
    read = read_contract(found)
    assert read is None or "\0" not in read.title
    cells = [{"cellDateTime": {"rawValue": "1774861200"}, "memo": "A", "manual": True} for _ in range(3)]
    for block in blocks_of(_muddled({"workDiaryTimeCells": cells}, chance), DAY):
        assert block.start.date() == DAY


def _muddled(value: Any, chance: random.Random) -> Any:
    """Return the answer with things in places where others belong."""
    odd: list[Any] = [None, "", "\0", "9" * 400, -1, 1e300, [], [[]], {}, {"id": {}}, True, "\ud800x"]
    if chance.random() < 0.15:
        return chance.choice(odd)
    if isinstance(value, dict):
        return {name: _muddled(one, chance) for name, one in value.items()}
    return [_muddled(one, chance) for one in value] if isinstance(value, list) else value
