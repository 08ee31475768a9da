"""A contract as Upwork tells of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from integrations.providers.upwork.reading import at, day_of, money, text


@dataclass(frozen=True, slots=True)
class Contract:
    """`id` stays when terms change. `rate` is that of the hourly terms in force, None for a fixed price."""

    id: str
    title: str
    status: str
    client_id: str
    client: str
    freelancer_id: str
    freelancer: str
    starts_on: date | None
    rate: Decimal | None
    rate_since: date | None
    currency: str

    @property
    def is_over(self) -> bool:
        """Tell whether its status says so: one that is missing from a list may be hidden."""
        return self.status == "CLOSED"


def read_contract(found: Any) -> Contract | None:
    """Return the contract, None for the nulls that Upwork's lists hold."""
    id = text(at(found, "id"), 40)
    if not (id.isascii() and id.isdecimal()):
        return None
    client = at(found, "clientOrganization") or at(found, "clientTeam")
    terms = _in_force(at(found, "terms", "hourlyTerms"))
    hourly = money(at(terms, "hourlyRate"))
    priced = hourly or money(at(_in_force(at(found, "terms", "fixedPriceTerms")), "fixedAmount"))
    return Contract(
        id=id,
        title=text(at(found, "title"), 200) or f"Upwork contract {id}",
        status=text(at(found, "status"), 20).upper(),
        client_id=text(at(client, "id"), 100),
        client=text(at(client, "name"), 200),
        freelancer_id=text(at(found, "freelancer", "id"), 40),
        freelancer=text(at(found, "freelancer", "name"), 200),
        starts_on=day_of(at(found, "startDate")),
        rate=hourly[0] if hourly else None,
        rate_since=day_of(at(terms, "startDate")),
        currency=priced[1] if priced else "",
    )


def _in_force(terms: Any) -> Any:
    """Return the newest terms that have no end; terms are a history."""
    known: Iterable[Any] = terms if isinstance(terms, list) else []
    running = [one for one in known if one and not at(one, "endDate")]
    return max(running, key=lambda one: str(at(one, "startDate") or ""), default=None)
