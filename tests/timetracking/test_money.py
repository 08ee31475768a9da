"""DOMAIN §5: money is decimal, half-up, to the currency's own exponent, and never of two currencies."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gauzy.organizations.currencies import DIGITS
from timetracking.exceptions import CurrencyMismatch
from timetracking.money import Money, allocate, exponent, price, quantize, share_out, total

CURRENCIES = st.sampled_from(sorted(DIGITS))
AMOUNTS = st.decimals(min_value=-(10**12), max_value=10**12, places=6)
WEIGHTS = st.lists(st.decimals(min_value=0, max_value=10**9, places=3), min_size=1, max_size=20)


@pytest.mark.rule("money.exact")
@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("1.005", "EUR", "1.01"),
        ("2.675", "EUR", "2.68"),
        ("-1.005", "EUR", "-1.01"),
        ("0.5", "JPY", "1"),
        ("1.2345", "BHD", "1.235"),
        ("1.23445", "CLF", "1.2345"),
    ],
)
def test_money_is_rounded_half_up_to_the_currencys_own_exponent(amount: str, currency: str, rounded: str) -> None:
    assert str(quantize(Decimal(amount), currency)) == rounded


@pytest.mark.rule("money.exact")
@given(AMOUNTS, CURRENCIES)
def test_rounding_moves_an_amount_by_half_a_unit_at_most_and_only_once(amount: Decimal, currency: str) -> None:
    rounded = quantize(amount, currency)
    assert abs(rounded - amount) <= exponent(currency) / 2
    assert quantize(rounded, currency) == rounded


@pytest.mark.rule("money.exact")
def test_money_is_never_a_float() -> None:
    with pytest.raises(TypeError, match="float"):
        Money(1.5, "EUR")  # type: ignore[arg-type]  # that is the point


def test_an_amount_finer_than_its_currency_is_refused() -> None:
    with pytest.raises(ValueError, match="no amount of JPY"):
        Money(Decimal("1.5"), "JPY")


@pytest.mark.rule("money.currencies")
def test_currencies_are_never_added_together() -> None:
    euros, dollars = Money(Decimal(1), "EUR"), Money(Decimal(1), "USD")
    with pytest.raises(CurrencyMismatch):
        _ = euros + dollars
    with pytest.raises(CurrencyMismatch):
        _ = euros - dollars
    with pytest.raises(CurrencyMismatch):
        total([euros, dollars], "EUR")


@pytest.mark.rule("rounding.adds-up")
@given(AMOUNTS, CURRENCIES, WEIGHTS)
def test_what_is_shown_adds_up_to_the_total_shown(amount: Decimal, currency: str, weights: list[Decimal]) -> None:
    whole = Money(quantize(amount, currency), currency)
    assert total(allocate(whole, weights), currency) == whole


@given(st.integers(min_value=0, max_value=10**9), WEIGHTS)
def test_a_part_differs_from_its_exact_share_by_less_than_one_unit(whole: int, weights: list[Decimal]) -> None:
    if sum(weights):
        for share, weight in zip(share_out(whole, weights), weights, strict=True):
            assert abs(share - weight * whole / sum(weights)) < 1


def test_units_left_over_go_to_those_that_lost_most_and_of_equals_to_the_first() -> None:
    assert share_out(10, [Decimal(1), Decimal(1), Decimal(1)]) == [4, 3, 3]
    assert share_out(100, [Decimal("33.2"), Decimal("33.3"), Decimal("33.5")]) == [33, 33, 34]


@pytest.mark.rule("rates.order")
def test_an_hour_at_a_rate_costs_the_rate_and_zero_is_a_rate() -> None:
    assert price(seconds=3_600, hourly_rate=Decimal("95.50"), currency="EUR") == Money(Decimal("95.50"), "EUR")
    assert price(seconds=3_600, hourly_rate=Decimal(0), currency="EUR") == Money(Decimal(0), "EUR")


@pytest.mark.rule("money.exact")
@given(st.integers(min_value=0, max_value=10**7), st.decimals(min_value=0, max_value=10**5, places=4), CURRENCIES)
def test_a_price_is_rounded_once(seconds: int, rate: Decimal, currency: str) -> None:
    assert abs(price(seconds=seconds, hourly_rate=rate, currency=currency).amount * 3_600 - rate * seconds) <= (
        exponent(currency) * 1_800
    )
