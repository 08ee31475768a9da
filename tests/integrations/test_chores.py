"""Syncs that nobody asks for, and what is forgotten."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Model, QuerySet
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from gauzy.eventbus import Skip
from gauzy.eventbus.models import StoredEvent
from gauzy.eventbus.moments import first_id_at
from gauzy.eventbus.testing import deliver_all
from gauzy.notifications.models import Notification
from gauzy.tenancy.choices import Role
from integrations.choices import DeliveryState, IntegrationState, SyncState
from integrations.models import GitHubDelivery, Integration, SyncConflict, SyncRun
from integrations.selectors import tasks_of_issue
from integrations.services.chores import forget_old, request_due_syncs
from integrations.services.connecting import set_state
from integrations.services.processing import process_delivery
from integrations.services.syncing import request_sync, run_sync
from tests.factories.github import SECRET, deliver
from tests.factories.integrations import ListFeed, connect
from tests.factories.issues import new_link
from tests.factories.people import Company, acting_for, found_company
from tests.factories.platform import new_member

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def integration(company: Company) -> Integration:
    made = connect(company, secrets={"webhook_secret": SECRET, "token": "ghp_mine"})
    new_link(company, made)
    return made


def requests() -> QuerySet[StoredEvent]:
    return StoredEvent.objects.filter(name="integrations.sync_requested")


def asked(integration: Integration, ago: timedelta) -> None:
    Integration.unscoped.filter(pk=integration.pk).update(asked_at=datetime.now(UTC) - ago)


def age(row: Model, days: int) -> None:
    """Give a row an id, and so an age, of days ago."""
    old = first_id_at(datetime.now(UTC) - timedelta(days=days))
    type(row).unscoped.filter(pk=row.pk).update(id=old)  # type: ignore[attr-defined]  # each has that manager


def test_a_sync_is_asked_for_when_nobody_did_for_an_hour(integration: Integration) -> None:
    assert (request_due_syncs(), request_due_syncs()) == (1, 0)
    assert requests().get().actor_kind == "schedule"
    asked(integration, timedelta(minutes=59))
    assert request_due_syncs() == 0
    asked(integration, timedelta(minutes=61))
    assert request_due_syncs() == 1


def test_who_asks_by_hand_puts_the_schedule_off(company: Company, integration: Integration) -> None:
    with acting_for(company):
        request_sync(integration_id=integration.id)
    assert request_due_syncs() == 0


def test_every_tenant_has_its_turn_and_its_own_context(integration: Integration) -> None:
    rival = found_company("Rival")
    new_link(rival, connect(rival, secrets={"token": "ghp_theirs"}))
    assert request_due_syncs() == 2
    assert len(set(requests().values_list("tenant_id", flat=True))) == 2


@pytest.mark.parametrize("why", ["paused", "no way in", "nothing linked", "switched off"])
def test_what_cannot_sync_is_not_asked_to(company: Company, settings: Settings, why: str) -> None:
    integration = connect(company, secrets={"webhook_secret": SECRET} | ({} if why == "no way in" else {"token": "t"}))
    if why != "nothing linked":
        new_link(company, integration)
    if why == "paused":
        with acting_for(company):
            set_state(integration_id=integration.id, state=IntegrationState.PAUSED)
    if why == "switched off":
        settings.SYNC_EVERY = 0
    assert request_due_syncs() == 0
    assert not requests().exists()


def test_of_syncs_that_fail_one_after_another_people_hear_once(company: Company, integration: Integration) -> None:
    new_member(company.owner, Role.ADMIN)
    for _ in range(3):
        with acting_for(company):
            run_sync(integration_id=integration.id, feeds=[ListFeed(integration, [["one"]], fails_at=0)])
        deliver_all(expect_failures=True)
    assert Notification.unscoped.filter(kind="integrations.sync_failed").count() == 1


def test_old_deliveries_are_forgotten_unless_they_are_owed(company: Company, integration: Integration) -> None:
    for state in (DeliveryState.PROCESSED, DeliveryState.IGNORED, DeliveryState.ACCEPTED):
        deliver(integration, "ping", {"zen": "Keep it."})
        GitHubDelivery.unscoped.filter(pk=GitHubDelivery.unscoped.latest("id").pk).update(state=state)
    assert forget_old() == 0
    for days, delivery in enumerate(GitHubDelivery.unscoped.all(), start=91):
        age(delivery, days)
    assert forget_old() == 2
    assert GitHubDelivery.unscoped.get().state == DeliveryState.ACCEPTED


def test_a_replay_of_a_delivery_that_was_forgotten_is_skipped(company: Company, integration: Integration) -> None:
    with acting_for(company), pytest.raises(Skip, match="forgotten"):
        process_delivery(delivery_id=integration.id)


def test_old_syncs_are_forgotten_with_their_conflicts_and_the_newest_stays(
    company: Company, integration: Integration
) -> None:
    for _ in range(2):
        with acting_for(company):
            run_sync(integration_id=integration.id, feeds=[ListFeed(integration, [["one"]])])
    with acting_for(company):
        old, newest = SyncRun.objects.order_by("id")
        moment = datetime.now(UTC) - timedelta(days=91)
        gone = SyncRun.objects.create(
            id=first_id_at(moment),
            integration=integration,
            state=SyncState.DONE,
            finished_at=datetime.max.replace(tzinfo=UTC),
        )
        SyncConflict.objects.create(run=gone, kind="project", external_id="x", code="c", message="m")
    assert forget_old() == 1
    assert set(SyncRun.unscoped.values_list("pk", flat=True)) == {old.pk, newest.pk}
    assert not SyncConflict.unscoped.exists()


@pytest.mark.sqlite
def test_the_tasks_of_a_mentioned_issue_are_found_by_index(company: Company, integration: Integration) -> None:
    with acting_for(company), CaptureQueriesContext(connection) as queries:
        tasks_of_issue(integration.id, "Octo/Widgets#12")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {queries[-1]['sql']}")
        plan = str(cursor.fetchall())
    assert "integrations_reference" in plan
