"""Syncs: page by page, once, one at a time, resumed where they stopped."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from gauzy.eventbus.models import Receipt
from gauzy.eventbus.testing import assert_published, deliver_all, recorded_events
from gauzy.notifications.models import Notification
from gauzy.tenancy.choices import Role
from integrations.choices import IntegrationState, SyncState
from integrations.events import IntegrationSyncEvent
from integrations.exceptions import IntegrationNotActive, NothingToSync, RateLimited, SyncRunning, SyncTakenOver
from integrations.models import ExternalId, Integration, SyncConflict, SyncRun
from integrations.services.connecting import set_state
from integrations.services.syncing import request_sync, run_sync
from tests.factories.integrations import ListFeed, connect
from tests.factories.people import Company, acting_for, found_company
from tests.factories.platform import new_member, token_client

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = [["one", "two"], ["three", "bad four"], ["five"]]


@pytest.fixture
def integration(company: Company) -> Integration:
    return connect(company)


def sync(company: Company, feed: ListFeed) -> SyncRun:
    with acting_for(company):
        return run_sync(integration_id=feed.integration.id, feeds=[feed])


def rows() -> list[Any]:
    """What the database holds of the synced things."""
    return list(ExternalId.unscoped.order_by("external_id").values("id", "external_id", "internal_id", "updated_at"))


def test_a_sync_says_what_it_did(company: Company, integration: Integration) -> None:
    with recorded_events() as events:
        run = sync(company, ListFeed(integration, PAGES))
    assert (run.state, run.pages, run.created, run.conflicts) == (SyncState.DONE, 3, 4, 1)
    [event] = events
    assert isinstance(event, IntegrationSyncEvent)
    assert (event.outcome, event.created, event.unchanged, event.conflicts, event.error) == ("done", 4, 0, 1, "")
    conflict = SyncConflict.unscoped.get()
    assert (conflict.external_id, conflict.code) == ("bad four", "integration_exists")
    assert Integration.unscoped.get().last_synced_at


def test_a_sync_run_twice_leaves_the_same_database(company: Company, integration: Integration) -> None:
    sync(company, ListFeed(integration, PAGES))
    before = rows()
    again = sync(company, ListFeed(integration, PAGES))
    assert (again.created, again.unchanged, again.conflicts) == (0, 4, 1)
    assert rows() == before


def test_a_failure_is_told_and_the_next_sync_goes_on_where_it_stopped(
    company: Company, integration: Integration
) -> None:
    new_member(company.owner, Role.ADMIN)
    failed = sync(company, ListFeed(integration, PAGES, fails_at=1))
    assert (failed.state, failed.error, failed.created) == (SyncState.FAILED, "provider_error", 2)
    deliver_all(expect_failures=True)
    assert Notification.unscoped.filter(kind="integrations.sync_failed").count() == 1  # the actor knows
    feed = ListFeed(integration, PAGES)
    resumed = sync(company, feed)
    assert (resumed.state, feed.fetched, resumed.created) == (SyncState.DONE, ["1", "2"], 2)


def test_a_failure_at_its_very_start_lets_the_next_begin_afresh(company: Company, integration: Integration) -> None:
    sync(company, ListFeed(integration, PAGES, fails_at=1))
    sync(company, ListFeed(integration, PAGES, fails_at=1))
    feed = ListFeed(integration, PAGES)
    sync(company, feed)
    assert feed.fetched == ["", "1", "2"]


def test_a_run_whose_holder_was_killed_is_taken_up_when_its_lease_is_over(
    company: Company, integration: Integration
) -> None:
    feed = ListFeed(integration, PAGES, fails_at=2)
    feed.error = RateLimited(60)
    with pytest.raises(RateLimited):
        sync(company, feed)
    holder = Integration.unscoped.filter(pk=integration.pk)  # as one looks who was killed before it let go
    holder.update(lease_until=timezone.now() + timedelta(minutes=1))
    with pytest.raises(SyncRunning):
        sync(company, ListFeed(integration, PAGES))
    holder.update(lease_until=timezone.now() - timedelta(seconds=1))
    feed = ListFeed(integration, PAGES)
    run = sync(company, feed)
    assert feed.fetched == ["2"]
    assert (run.created, run.conflicts, SyncRun.unscoped.count()) == (4, 1, 1)


def test_a_holder_that_comes_back_late_changes_nothing(company: Company, integration: Integration) -> None:
    class SlowFeed(ListFeed):
        def fetch(self, cursor: str) -> Any:
            Integration.unscoped.filter(pk=integration.pk).update(lease_token=company.tenant_id)  # another's now
            return super().fetch(cursor)

    with pytest.raises(SyncTakenOver):
        sync(company, SlowFeed(integration, PAGES))
    assert rows() == []


def test_a_bug_leaves_the_run_open_and_the_lock_free(company: Company, integration: Integration) -> None:
    feed = ListFeed(integration, PAGES, fails_at=1)
    feed.error = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        sync(company, feed)
    assert sync(company, ListFeed(integration, PAGES)).state == SyncState.DONE


def test_only_an_active_one_with_something_to_take_in_syncs(company: Company, integration: Integration) -> None:
    with acting_for(company):
        with pytest.raises(NothingToSync):
            run_sync(integration_id=integration.id, feeds=[])
        set_state(integration_id=integration.id, state=IntegrationState.PAUSED)
        with pytest.raises(IntegrationNotActive):
            request_sync(integration_id=integration.id)
    with pytest.raises(IntegrationNotActive):
        sync(company, ListFeed(integration, PAGES))


def test_the_api_asks_a_worker_and_shows_runs_and_conflicts(company: Company, integration: Integration) -> None:
    client = token_client(company.owner)
    assert client.post(f"/api/v1/integrations/{integration.id}/sync").status_code == 202
    deliver_all()
    assert Receipt.objects.filter(handler="integrations.run_requested_sync").exists()
    run = sync(company, ListFeed(integration, PAGES))
    assert [row["id"] for row in client.get("/api/v1/sync-runs").json()["results"]] == [str(run.id)]
    assert client.get(f"/api/v1/sync-runs/{run.id}").json()["conflicts"] == 1
    [conflict] = client.get(f"/api/v1/sync-runs/{run.id}/conflicts").json()["results"]
    assert conflict["code"] == "integration_exists"
    stranger = token_client(found_company("Rival").owner)
    assert stranger.get(f"/api/v1/sync-runs/{run.id}/conflicts").status_code == 404
    assert stranger.get("/api/v1/sync-runs").json()["results"] == []


def test_the_command_lists_and_shows_and_says_why_it_cannot(
    company: Company, integration: Integration, capsys: pytest.CaptureFixture[str]
) -> None:
    sync(company, ListFeed(integration, PAGES))
    assert_published(IntegrationSyncEvent, integration_id=integration.id)
    capsys.readouterr()
    tenant = f"--tenant={company.tenant_id}"
    call_command("integrations", "list", tenant, "--json")
    assert [row["name"] for row in json.loads(capsys.readouterr().out)] == ["Our GitHub"]
    call_command("integrations", "status", str(integration.id), tenant)
    assert "done: 4 created, 0 updated, 0 unchanged, 1 conflicts" in capsys.readouterr().out
    call_command("integrations", "rotate-keys")
    with pytest.raises(CommandError, match="nothing_to_sync"):
        call_command("integrations", "sync", str(integration.id), tenant)
