"""Syncs of the issues of linked repositories."""

from typing import Any

import pytest

from gauzy.eventbus.testing import deliver_all
from integrations.choices import SyncState
from integrations.exceptions import NothingToSync
from integrations.models import ExternalId, Integration, RepositoryLink
from integrations.services.connecting import update_integration
from integrations.services.feeds import sync
from integrations.services.repositories import update_link
from tests.factories.people import Company, acting_for
from tests.support.github_api import GitHubApi
from tests.support.receiver import answer
from timetracking.models import Task

pytestmark = pytest.mark.django_db


def _everything() -> list[Any]:
    tasks = Task.unscoped.order_by("id").values("id", "title", "status", "updated_at")
    return [list(tasks), list(ExternalId.unscoped.order_by("id").values())]


@pytest.mark.django_db(transaction=True)
def test_a_sync_takes_in_every_page_and_again_changes_nothing(
    company: Company, integration: Integration, link: RepositoryLink, github: GitHubApi
) -> None:
    for number in range(1, 6):
        github.put_issue(number)
    github.put_issue(6, pull_request={})
    with acting_for(company):
        first = sync(integration_id=integration.id)
        before = _everything()
        second = sync(integration_id=integration.id)
    assert (first.state, first.created, first.pages, second.created, second.updated) == (SyncState.DONE, 5, 3, 0, 0)
    assert _everything() == before


@pytest.mark.django_db(transaction=True)
def test_a_sync_does_not_send_back_what_it_took_in(
    company: Company, integration: Integration, link: RepositoryLink, github: GitHubApi
) -> None:
    with acting_for(company):
        update_integration(integration_id=integration.id, entities={"task": "both", "label": "out"})
        github.put_issue(1, labels=[{"name": "Bug"}])
        sync(integration_id=integration.id)
    deliver_all()
    assert Task.unscoped.count() == 1
    assert {call.method for call in github.received} == {"GET"}


@pytest.mark.django_db(transaction=True)
def test_a_page_that_fails_ends_the_sync_as_failed_and_the_next_goes_on(
    company: Company, integration: Integration, link: RepositoryLink, github: GitHubApi
) -> None:
    for number in range(1, 6):
        github.put_issue(number)
    with acting_for(company):
        github.faults = [answer(200, b'{"id": 7, "full_name": "octo/widgets"}'), answer(500)]
        failed = sync(integration_id=integration.id)
        assert (failed.state, failed.error, failed.created) == (SyncState.FAILED, "provider_error", 0)
        assert sync(integration_id=integration.id).created == 5


@pytest.mark.django_db(transaction=True)
def test_a_sync_passes_by_links_that_rest(
    company: Company, integration: Integration, link: RepositoryLink, github: GitHubApi
) -> None:
    github.put_issue(1)
    with acting_for(company):
        update_link(link_id=link.id, values={"is_active": False})
        with pytest.raises(NothingToSync):
            sync(integration_id=integration.id)
    assert not github.received
