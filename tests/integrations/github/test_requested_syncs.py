"""Syncs that a worker does because somebody asked: never lost, and not done twice for nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from gauzy.eventbus.models import Delivery, Failure, Pause, Receipt, StoredEvent
from gauzy.eventbus.testing import deliver_all
from integrations.choices import SyncState
from integrations.models import Integration, RepositoryLink, SyncRun
from integrations.selectors import LEASE
from integrations.services.syncing import request_sync
from tests.factories.integrations import connect
from tests.factories.issues import new_link
from tests.factories.people import Company, acting_for
from tests.support.github_api import GitHubApi
from tests.support.receiver import answer

pytestmark = pytest.mark.django_db(transaction=True)

HANDLER = "integrations.run_requested_sync"


def ask(company: Company, integration: Integration) -> StoredEvent:
    with acting_for(company):
        request_sync(integration_id=integration.id)
    asked: StoredEvent = StoredEvent.objects.filter(name="integrations.sync_requested").latest("id")
    return asked


def hold(integration: Integration, **values: Any) -> None:
    """Let the integration look as one looks whose sync runs, or was killed a moment ago."""
    lease = {"lease_token": uuid4(), "lease_until": datetime.now(UTC) + LEASE}
    Integration.unscoped.filter(pk=integration.pk).update(**lease | values)


def outcomes() -> list[str]:
    return list(Receipt.objects.filter(handler=HANDLER).exclude(target="").values_list("outcome", flat=True))


def test_the_next_attempt_goes_on_at_once_where_a_killed_worker_stopped(
    company: Company, integration: Integration, link: RepositoryLink, github: GitHubApi
) -> None:
    for number in range(1, 4):
        github.put_issue(number)
    asked = ask(company, integration)
    run = SyncRun.unscoped.create(
        tenant_id=company.tenant_id,
        integration=integration,
        feed=f"issues:{link.id.hex}",
        cursor=f"{github.base_url}/repos/octo/widgets/issues?page=2",
        pages=1,
        created=2,
    )
    hold(integration, lease_holder=asked.id)
    deliver_all()
    run.refresh_from_db()
    assert (run.state, run.pages, run.created, SyncRun.unscoped.count()) == (SyncState.DONE, 2, 3, 1)
    assert outcomes() == ["done"]


def test_a_request_waits_for_a_sync_that_somebody_else_runs(
    company: Company, integration: Integration, link: RepositoryLink, github: GitHubApi
) -> None:
    hold(integration)
    ask(company, integration)
    deliver_all(expect_failures=True)
    waiting = Delivery.objects.exclude(target="").get(handler=HANDLER)
    assert (waiting.attempts, Failure.objects.count(), github.received) == (0, 0, [])
    hold(integration, lease_until=None)
    Pause.objects.all().delete()  # as time does
    deliver_all(now=datetime.now(UTC) + LEASE)
    assert SyncRun.unscoped.get().state == SyncState.DONE


def test_of_many_requests_the_first_does_the_work_of_all(
    company: Company, integration: Integration, link: RepositoryLink, github: GitHubApi
) -> None:
    for _ in range(3):
        ask(company, integration)
    deliver_all()
    assert (SyncRun.unscoped.count(), sorted(outcomes())) == (1, ["done", "skipped", "skipped"])


def test_an_integration_that_waits_for_its_quota_does_not_keep_the_tenants_others_waiting(
    company: Company, integration: Integration, link: RepositoryLink, github: GitHubApi
) -> None:
    other = connect(company, name="Another", secrets={"token": "ghp_other"})
    new_link(company, other)
    github.faults = [answer(429, b"{}", Retry_After="1800")]
    ask(company, integration)
    deliver_all(expect_failures=True)
    ask(company, other)
    deliver_all()
    assert SyncRun.unscoped.get(state=SyncState.DONE).integration_id == other.id
    assert SyncRun.unscoped.get(state=SyncState.RUNNING).integration_id == integration.id
    Pause.objects.all().delete()  # as time does
    deliver_all(now=datetime.now(UTC) + timedelta(minutes=31))
    assert SyncRun.unscoped.filter(state=SyncState.DONE).count() == 2
