"""Integrations, made through the services."""

from collections.abc import Sequence
from typing import Any

from gauzy.eventbus.ids import uuid7
from gauzy.eventbus.testing import deliver_all
from integrations.choices import EntityKind, ItemOutcome, Provider
from integrations.exceptions import IntegrationExists, ProviderError
from integrations.models import Integration
from integrations.providers.upwork.contracts import Contract, read_contract
from integrations.selectors import find_mapped
from integrations.services.connecting import create_integration
from integrations.services.endpoints import create_endpoint, ping
from integrations.services.mapping import remember
from integrations.services.repositories import link_repository
from integrations.services.syncing import run_sync
from integrations.services.upwork_contracts import take_in_contract
from integrations.services.upwork_transactions import import_transactions
from tests.factories.github import SECRET, deliver
from tests.factories.people import Company, acting_for
from tests.support.upwork_api import contract
from timetracking.services.projects import create_project


class ListFeed:
    """A feed of pages held in memory; each item is an id; a bad one is refused."""

    name = "list"
    kind = EntityKind.PROJECT

    def __init__(self, integration: Integration, pages: Sequence[Sequence[str]], fails_at: int = -1) -> None:
        self.integration, self.pages, self.fails_at = integration, pages, fails_at
        self.fetched: list[str] = []
        self.error: Exception = ProviderError("The other system is on fire.")

    def fetch(self, cursor: str) -> tuple[Sequence[str], str]:
        self.fetched.append(cursor)
        number = int(cursor or 0)
        if number == self.fails_at:
            raise self.error
        return self.pages[number], str(number + 1) if number + 1 < len(self.pages) else ""

    def key_of(self, item: str) -> str:
        return item

    def take_in(self, item: str) -> ItemOutcome:
        if item.startswith("bad"):
            raise IntegrationExists
        if find_mapped(self.integration.id, self.kind, item):
            return ItemOutcome.UNCHANGED
        remember(integration=self.integration, kind=self.kind, external_id=item, internal_id=uuid7())
        return ItemOutcome.CREATED


def connect(company: Company, provider: Provider = Provider.GITHUB, **values: Any) -> Integration:
    """Connect the company, as its owner; `values` are arguments of `create_integration`."""
    given: dict[str, Any] = {"organization_id": company.organization.id, "name": f"Our {provider.label}"} | values
    with acting_for(company):
        return create_integration(provider=provider, **given)


def connect_everything(company: Company) -> None:
    """Give the company a row of everything that the admin shows of integrations."""
    integration = connect(company, secrets={"webhook_secret": SECRET})
    deliver(integration, "ping", {"zen": "Keep it logically awesome."})
    with acting_for(company):
        run_sync(integration_id=integration.id, feeds=[ListFeed(integration, [["one", "bad one"]])])
        project = create_project(organization_id=company.organization.id, name="Linked")
        link_repository(integration_id=integration.id, project_id=project.id, repository="octo/widgets")
        upwork = create_integration(
            organization_id=company.organization.id, provider=Provider.UPWORK, name="Our Upwork"
        )
        take_in_contract(integration_id=upwork.id, contract=read(contract("41000001", "1")))
        import_transactions(integration_id=upwork.id, content=b"Date,Ref ID,Type,Amount\n2026-04-06,7,Hourly,45\n")
    _mention_an_issue(integration)
    with acting_for(company):
        endpoint, _ = create_endpoint(url="https://hooks.invalid/", events=["employees.employee_ended"])
        ping(endpoint_id=endpoint.id)


def read(found: dict[str, Any]) -> Contract:
    contract = read_contract(found)
    assert contract
    return contract


def _mention_an_issue(integration: Integration) -> None:
    repository = {"id": 7, "full_name": "octo/widgets"}
    issue = {"id": 1012, "number": 12, "title": "The pump is loud", "updated_at": "2026-03-02T09:00:00Z"}
    commit = {"id": "c0ffee", "message": "Muffle the pump, fixes #12", "timestamp": "2026-03-02T10:00:00Z"}
    for event, content in (("issues", {"action": "opened", "issue": issue}), ("push", {"commits": [commit]})):
        deliver(integration, event, {"repository": repository} | content)
        deliver_all(expect_failures=True)
