"""The contracts of an account, page by page, by whichever of Upwork's roads the key may take."""

from collections.abc import Sequence
from typing import Any

from integrations.choices import EntityKind, ItemOutcome
from integrations.exceptions import AccessRefused, ProviderError
from integrations.models import Integration
from integrations.providers.upwork import queries
from integrations.providers.upwork.contracts import Contract, read_contract
from integrations.providers.upwork.reading import at, text
from integrations.services.upwork_access import ask
from integrations.services.upwork_contracts import take_in_contract

PAGE = 50
_MOST = 5_000  # contracts, in case that pages do not end
_USER, _ORGANIZATION, _HISTORY = "user", "organization", "history"
_STATUSES = ["ACTIVE", "PAUSED", "CLOSED"]


class ContractFeed:
    """The cursor is the road and how many were seen on it.

    Which id Upwork wants differs from account to account: an empty first page of the user's proves nothing. A key
    without the permission for contracts may have that for the history of work, which tells no clients.
    """

    name, kind = "contracts", EntityKind.PROJECT

    def __init__(self, integration: Integration) -> None:
        self._integration = integration
        self._user = ""
        self._email: str | None = None

    def fetch(self, cursor: str) -> tuple[Sequence[Any], str]:
        road, _, told = (cursor or f"{_USER}:0").partition(":")
        seen = int(told)
        self._user = self._user or self._whoever_we_are()
        try:
            found = self._page(road, seen)
        except AccessRefused as refusal:
            return ([], f"{_HISTORY}:0") if road != _HISTORY else ([refusal], "")
        contracts = [contract for one in found if (contract := read_contract(one))]
        self._learn_email(contracts)
        return contracts, _following(road, seen, len(found))

    def key_of(self, item: Any) -> str:
        return item.id if isinstance(item, Contract) else self.name

    def take_in(self, item: Any) -> ItemOutcome:
        if isinstance(item, AccessRefused):
            raise item
        email = self._email or "" if item.freelancer_id == self._user else ""
        return take_in_contract(integration_id=self._integration.id, contract=item, email=email)

    def _whoever_we_are(self) -> str:
        found = ask(self._integration, queries.ME).data
        if text(at(found, "organization", "id"), 200) != self._integration.account:
            raise ProviderError("Upwork answers for another organization.")
        return text(at(found, "user", "id"), 40)

    def _page(self, road: str, seen: int) -> list[Any]:
        if road == _HISTORY:
            paging = {"offset": seen, "limit": PAGE}
            given = {"personId": self._user, "status": _STATUSES, "pagination": paging}
            data = ask(self._integration, queries.HISTORY, filter=given).data
            worked = _listed(data, "talentWorkHistory", "workHistoryList")
            found = [at(one, "contract") for one in worked]
            return [{**one, "freelancer": {"id": self._user}} if isinstance(one, dict) else None for one in found]
        vendor = self._user if road == _USER else self._integration.account
        data = ask(
            self._integration,
            queries.CONTRACTS,
            filter={"vendorId": vendor, "contractStatuses": _STATUSES},
            options={"addTerms": True, "addHourLimits": False},
            paging={"limit": PAGE, "offset": seen},
        ).data
        return _listed(data, "vendorContracts", "contracts")

    def _learn_email(self, contracts: Sequence[Contract]) -> None:
        """Ask for the user's address where it is needed, once; a key may lack the permission."""
        if self._email is None and any(contract.freelancer_id == self._user for contract in contracts):
            try:
                self._email = text(at(ask(self._integration, queries.EMAIL).data, "user", "email"), 254)
            except AccessRefused:
                self._email = ""


def _following(road: str, seen: int, found: int) -> str:
    if not found:
        return f"{_ORGANIZATION}:0" if road == _USER and not seen else ""
    return f"{road}:{seen + found}" if seen + found < _MOST else ""


def _listed(data: Any, *path: str) -> list[Any]:
    found = at(data, *path)
    return found if isinstance(found, list) else []
