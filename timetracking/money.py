"""Amounts of money: decimal, half-up, to the currency's own exponent; never floats, never two currencies in one sum."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext

from gauzy.organizations.currencies import DIGITS
from timetracking.exceptions import CurrencyMismatch

SECONDS_PER_HOUR = 3_600
_PRECISION = 60  # digits: far more than any sum of ours needs, so that nothing is rounded on the way


@dataclass(frozen=True, slots=True)
class Money:
    """An amount with exactly as many digits as its currency has: `Money(Decimal("12.50"), "EUR")`."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount) is not Decimal:
            raise TypeError(f"An amount is a Decimal, not a {type(self.amount).__name__}.")
        if self.amount != quantize(self.amount, self.currency):
            raise ValueError(f"{self.amount!r} is no amount of {self.currency}.")
        object.__setattr__(self, "amount", quantize(self.amount, self.currency))

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other).amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other).amount, self.currency)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self} and {other} cannot be added together.")
        return other


def exponent(currency: str) -> Decimal:
    """Return the smallest amount of a currency: `0.01` of EUR, `1` of JPY, `0.001` of BHD."""
    return Decimal(1).scaleb(-DIGITS[currency])


def quantize(amount: Decimal, currency: str) -> Decimal:
    """Round half-up to the digits of the currency; a half goes away from zero."""
    with localcontext(prec=_PRECISION):
        return amount.quantize(exponent(currency), ROUND_HALF_UP)


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Add amounts of one currency; raise `CurrencyMismatch` where another is among them."""
    return sum(amounts, start=Money(Decimal(0), currency))


def price(*, seconds: int, hourly_rate: Decimal, currency: str) -> Money:
    """Return what so much time costs, rounded once at the end."""
    return Money(quantize(exact_price(seconds, hourly_rate), currency), currency)


def exact_price(seconds: int, hourly_rate: Decimal) -> Decimal:
    """Return what so much time costs, before any rounding to a currency."""
    with localcontext(prec=_PRECISION):
        return hourly_rate * seconds / SECONDS_PER_HOUR


def percentage(amount: Decimal, percent: Decimal, currency: str) -> Money:
    with localcontext(prec=_PRECISION):
        return Money(quantize(amount * percent / 100, currency), currency)


def allocate(whole: Money, weights: Sequence[Decimal]) -> list[Money]:
    """Split an amount in proportion to non-negative weights, so that the parts add up to it.

    Largest remainder: each part is its exact share rounded down, and the units left over go one each to those that lost
    most; of equals the first. Without any weight the first part gets all.
    """
    unit = exponent(whole.currency)
    units = share_out(int(whole.amount / unit), weights)
    return [Money(share * unit, whole.currency) for share in units]


def share_out(whole: int, weights: Sequence[Decimal]) -> list[int]:
    """Split an integer in proportion to non-negative weights by the largest remainder; the parts add up to it."""
    if not weights:
        if whole:
            raise ValueError(f"There is nobody to share {whole} among.")
        return []
    if any(weight < 0 for weight in weights):
        raise ValueError("A weight is negative.")
    if whole < 0:
        return [-share for share in share_out(-whole, weights)]
    return _share_out(whole, weights if any(weights) else [Decimal(1), *[Decimal(0)] * (len(weights) - 1)])


def _share_out(whole: int, weights: Sequence[Decimal]) -> list[int]:
    with localcontext(prec=_PRECISION):
        sum_of_weights = sum(weights, start=Decimal(0))
        exact = [weight * whole / sum_of_weights for weight in weights]
        shares = [int(share.to_integral_value(ROUND_FLOOR)) for share in exact]
        lost = sorted(range(len(exact)), key=lambda place: (shares[place] - exact[place], place))
    for place in lost[: whole - sum(shares)]:
        shares[place] += 1
    return shares
