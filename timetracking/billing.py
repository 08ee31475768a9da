"""What an invoice comes to: lines, discount, tax per rate, total. Pure; every figure is one that is shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from timetracking.exceptions import BadAmount, DiscountTooLarge
from timetracking.money import Money, allocate, percentage, price, quantize, total

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What is to be billed: so much time at such a rate, taxed at so many percent."""

    description: str
    seconds: int
    hourly_rate: Decimal
    tax_percent: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Discount:
    """A part of the subtotal, or an amount of it; the amount counts if there is one."""

    percent: Decimal = ZERO
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Line:
    charge: Charge
    amount: Money


@dataclass(frozen=True, slots=True)
class Tax:
    """`base` is what the lines of this rate come to after their share of the discount."""

    percent: Decimal
    base: Money
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculation:
    """`total` = lines - discount + taxes, as shown; the bases of the taxes add up to lines - discount."""

    lines: tuple[Line, ...]
    subtotal: Money
    discount: Money
    taxes: tuple[Tax, ...]
    total: Money


def calculate(charges: Iterable[Charge], *, currency: str, discount: Discount | None = None) -> Calculation:
    """Compute an invoice; raise `DiscountTooLarge` for a discount that is more than there is, and
    `BadAmount` for one that the currency has no coins for.

    A line is rounded once, tax once per rate. The discount is shared among the tax rates in proportion to their lines.
    """
    lines = tuple(
        Line(charge, price(seconds=charge.seconds, hourly_rate=charge.hourly_rate, currency=currency))
        for charge in charges
    )
    subtotal = total((line.amount for line in lines), currency)
    off = _discount(subtotal, discount or Discount())
    taxes = _taxes(lines, off)
    added = total((tax.amount for tax in taxes), currency)
    return Calculation(lines=lines, subtotal=subtotal, discount=off, taxes=taxes, total=subtotal - off + added)


def _discount(subtotal: Money, discount: Discount) -> Money:
    if discount.amount is None:
        off = percentage(subtotal.amount, discount.percent, subtotal.currency)
    elif discount.amount != quantize(discount.amount, subtotal.currency):
        raise BadAmount(fields={"discount": [BadAmount.message]})
    else:
        off = Money(discount.amount, subtotal.currency)
    if not ZERO <= off.amount <= subtotal.amount:
        raise DiscountTooLarge(fields={"discount": [DiscountTooLarge.message]})
    return off


def _taxes(lines: Sequence[Line], discount: Money) -> tuple[Tax, ...]:
    currency = discount.currency
    percents = sorted({line.charge.tax_percent for line in lines})
    sums = [total((line.amount for line in lines if line.charge.tax_percent == rate), currency) for rate in percents]
    shares = allocate(discount, [amount.amount for amount in sums])
    bases = [amount - share for amount, share in zip(sums, shares, strict=True)]
    return tuple(
        Tax(percent, base, percentage(base.amount, percent, currency))
        for percent, base in zip(percents, bases, strict=True)
    )
