"""How worked time adds up in a report, so that what is shown adds up to the totals shown. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from timetracking.money import Money, allocate, exact_price, quantize


class Place(NamedTuple):
    """Where a row stands: the first day of its day or week, None in a summary; and its group, None without one."""

    period: date | None
    group_id: UUID | None
    group_name: str

    @property
    def order(self) -> tuple[date, str, str]:
        return self.period or date.min, self.group_name.casefold(), str(self.group_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """`amounts` are what the billable time with a rate comes to, one for each currency; None: not to be seen."""

    seconds: int
    billable_seconds: int
    amounts: Sequence[Money] | None


@dataclass(frozen=True, slots=True)
class Row:
    place: Place
    totals: Totals


@dataclass(frozen=True, slots=True)
class Report:
    """Rows add up to the totals, except by tag: time with two tags is in two rows, and once in the totals."""

    time_zone: str
    rows: Sequence[Row]
    totals: Totals


@dataclass(slots=True)
class Sum:
    """Time so far; `worth`: currency -> rate times seconds, exact."""

    seconds: int = 0
    billable: int = 0
    worth: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def add(self, seconds: int, *, is_billable: bool, rate: Decimal | None, currency: str) -> None:
        self.seconds += seconds
        if is_billable:
            self.billable += seconds
            if rate is not None:
                self.worth[currency] += rate * seconds

    def price(self, currency: str) -> Decimal:
        return exact_price(1, self.worth[currency])


def make_report(
    time_zone: str, sums: Mapping[Place, Sum], whole: Sum, *, overlapping: bool, with_amounts: bool
) -> Report:
    """Return the rows in order. `overlapping`: their amounts are rounded one by one, for they add up to nothing."""
    places = sorted(sums, key=lambda place: place.order)
    totals = [Money(quantize(whole.price(currency), currency), currency) for currency in sorted(whole.worth)]
    amounts = _amounts([sums[place] for place in places], totals, overlapping=overlapping)
    rows = [
        Row(place, _totals(sums[place], own if with_amounts else None))
        for place, own in zip(places, amounts, strict=True)
    ]
    return Report(time_zone, rows, _totals(whole, totals if with_amounts else None))


def _totals(one: Sum, amounts: Sequence[Money] | None) -> Totals:
    return Totals(seconds=one.seconds, billable_seconds=one.billable, amounts=amounts)


def _amounts(sums: Sequence[Sum], totals: Sequence[Money], *, overlapping: bool) -> list[list[Money]]:
    """Return the amounts of each row; those of one currency add up to its total, which is rounded once."""
    found: list[list[Money]] = [[] for _ in sums]
    for whole in totals:
        places = [place for place, one in enumerate(sums) if whole.currency in one.worth]
        exact = [sums[place].price(whole.currency) for place in places]
        parts = [Money(quantize(one, whole.currency), whole.currency) for one in exact]
        for place, part in zip(places, parts if overlapping else allocate(whole, exact), strict=True):
            found[place].append(part)
    return found
