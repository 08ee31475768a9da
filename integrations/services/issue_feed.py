"""The issues of linked repositories, page by page."""

from collections.abc import Sequence
from typing import Any

from integrations.choices import EntityKind, ItemOutcome
from integrations.models import Integration, RepositoryLink
from integrations.providers.github.issues import read_issue
from integrations.providers.github.payloads import text_at
from integrations.selectors import repository_links
from integrations.services.github_access import client_of
from integrations.services.issues import take_in_issue


class IssueFeed:
    """Every issue of a repository, for one project; in the order they were opened, so that pages stay what they are."""

    kind = EntityKind.TASK

    def __init__(self, link: RepositoryLink) -> None:
        self._link, self.name = link, f"issues:{link.id.hex}"
        self._repository: Any = None

    def fetch(self, cursor: str) -> tuple[Sequence[Any], str]:
        first = f"/repos/{self._link.repository}/issues?state=all&sort=created&direction=asc&per_page=100"
        with client_of(self._link.integration) as client:
            self._repository = self._repository or client.get(f"/repos/{self._link.repository}").data
            page = client.get(cursor or first)
        return page.data, page.next

    def key_of(self, item: Any) -> str:
        return f"{self._link.repository}#{text_at(item, 'number')}"

    def take_in(self, item: Any) -> ItemOutcome:
        issue = read_issue(item, self._repository)
        return take_in_issue(link_id=self._link.id, issue=issue) if issue else ItemOutcome.UNCHANGED


def issue_feeds(integration: Integration) -> list[IssueFeed]:
    if not integration.direction_of(EntityKind.TASK).takes_in:
        return []
    links = repository_links(integration_id=integration.id).filter(is_active=True)
    return [IssueFeed(link) for link in links.select_related("integration").order_by("pk")]
