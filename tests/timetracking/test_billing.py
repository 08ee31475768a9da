"""DOMAIN §6: the server computes lines, discount, tax per rate, total; total = sum of the lines shown."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gauzy.organizations.currencies import DIGITS
from timetracking.billing import Charge, Discount, calculate
from timetracking.exceptions import BadAmount, DiscountTooLarge
from timetracking.money import exponent

CHARGES = st.lists(
    st.builds(
        Charge,
        description=st.just("Work"),
        seconds=st.integers(0, 10**6),
        hourly_rate=st.decimals(0, 10**4, places=2),
        tax_percent=st.sampled_from([Decimal(0), Decimal(7), Decimal(19), Decimal("8.1")]),
    ),
    max_size=12,
)
PERCENTS = st.decimals(0, 100, places=2)


def charge(seconds: int, rate: str, tax: str = "0") -> Charge:
    return Charge(description="Work", seconds=seconds, hourly_rate=Decimal(rate), tax_percent=Decimal(tax))


@pytest.mark.rule("invoices.sums")
@given(CHARGES, st.sampled_from(sorted(DIGITS)), PERCENTS)
def test_the_total_is_the_sum_of_the_lines_shown(charges: list[Charge], currency: str, percent: Decimal) -> None:
    result = calculate(charges, currency=currency, discount=Discount(percent=percent))
    lines = sum(line.amount.amount for line in result.lines)
    taxes = sum(tax.amount.amount for tax in result.taxes)
    assert result.subtotal.amount == lines
    assert result.total.amount == lines - result.discount.amount + taxes
    assert sum(tax.base.amount for tax in result.taxes) == lines - result.discount.amount


@given(CHARGES, st.sampled_from(sorted(DIGITS)), PERCENTS)
def test_every_figure_has_the_digits_of_the_currency(charges: list[Charge], currency: str, percent: Decimal) -> None:
    result = calculate(charges, currency=currency, discount=Discount(percent=percent))
    taxes = [figure for tax in result.taxes for figure in (tax.base, tax.amount)]
    for money in (*(line.amount for line in result.lines), *taxes, result.discount, result.total):
        assert money.amount == money.amount.quantize(exponent(currency))
        assert money.amount >= 0


def test_tax_is_computed_once_per_rate_not_per_line() -> None:
    result = calculate([charge(3_600, "0.03", "19")] * 3, currency="EUR")
    assert [(str(tax.percent), str(tax.base), str(tax.amount)) for tax in result.taxes] == [
        ("19", "0.09 EUR", "0.02 EUR")
    ]


@pytest.mark.rule("invoices.sums")
def test_a_discount_is_shared_among_the_tax_rates() -> None:
    charges = [charge(3_600, "100", "19"), charge(3_600, "50", "7")]
    result = calculate(charges, currency="EUR", discount=Discount(amount=Decimal("10.00")))
    assert [str(tax.base.amount) for tax in result.taxes] == ["46.67", "93.33"]
    assert str(result.total) == "161.00 EUR"


@pytest.mark.rule("invoices.sums")
@pytest.mark.parametrize("discount", [Discount(amount=Decimal("100.01")), Discount(percent=Decimal(-1))])
def test_a_discount_beyond_the_lines_is_refused(discount: Discount) -> None:
    with pytest.raises(DiscountTooLarge):
        calculate([charge(3_600, "100")], currency="EUR", discount=discount)


@pytest.mark.parametrize(("amount", "currency"), [("0.001", "EUR"), ("0.5", "JPY"), ("0.0001", "BHD")])
def test_a_discount_is_an_amount_of_the_currency(amount: str, currency: str) -> None:
    with pytest.raises(BadAmount):
        calculate([charge(3_600, "100")], currency=currency, discount=Discount(amount=Decimal(amount)))
