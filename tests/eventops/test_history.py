"""Running history again, for the first time, or never more."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from gauzy.analytics.models import DailyCount
from gauzy.eventbus import pruning, reconciling
from gauzy.eventbus.models import Delivery, Failure, KnownHandler, Receipt, StoredEvent
from gauzy.eventbus.moments import first_id_at
from gauzy.eventbus.testing import connected, deliver_all, only_handlers_of
from gauzy.eventops import services
from gauzy.eventops.models import Replay
from tests.eventops import events as parcel_events
from tests.eventops.parcels import send_dead_parcel, send_parcel
from tests.eventops.test_commands import Ran

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
DRIVE, INSURE, THANK = "opstests.drive", "opstests.insure", "opstests.thank"
parcels = pytest.mark.usefixtures("parcels")


def outcomes(handler: str) -> list[tuple[int, str]]:
    found = Receipt.objects.filter(handler=handler).order_by("generation", "event_id")
    return list(found.values_list("generation", "outcome"))


def age(event_id: UUID, days: int) -> UUID:
    """Make an event as if it had been published that many days ago; return its new id."""
    then = timezone.now() - timedelta(days=days)
    old = UUID(int=first_id_at(then).int + uuid4().int % 2**62)
    for model in (Receipt, Delivery, Failure):
        model.objects.filter(event_id=event_id).update(event_id=old)
    StoredEvent.objects.filter(id=event_id).update(id=old, occurred_at=then, recorded_at=then)
    return old


@parcels
def test_a_replay_is_a_new_generation_and_the_former_receipts_stay(tenant_id: UUID) -> None:
    send_parcel(tenant_id)
    deliver_all()
    ran = Ran("replay", "--handler", DRIVE, "--since", "1h", "--json")
    assert [(row["generation"], row["events"]) for row in ran.data] == [(1, 1)]
    assert Delivery.objects.get().generation == 1
    deliver_all()
    assert outcomes(DRIVE) == [(0, "done"), (1, "done")]
    assert Ran("replay", "--handler", DRIVE, "--since", "1h", "--json").data[0]["generation"] == 2


@parcels
def test_what_is_still_owed_is_not_replayed(tenant_id: UUID) -> None:
    send_dead_parcel(tenant_id)
    assert Ran("replay", "--handler", DRIVE, "--since", "1h", "--dry-run", "--json").data[0]["events"] == 0


@parcels
def test_a_replay_needs_a_range_or_all_and_a_dry_run_changes_nothing(tenant_id: UUID) -> None:
    send_parcel(tenant_id)
    deliver_all()
    assert Ran("replay", "--handler", DRIVE).status == 2
    assert Ran("replay", "--handler", DRIVE, "--all", "--dry-run", "--json").data[0]["events"] == 1
    assert not Replay.objects.exists()
    assert not Delivery.objects.exists()


@parcels
def test_a_replay_that_was_interrupted_goes_on_where_it_stopped(tenant_id: UUID) -> None:
    for _ in range(3):
        send_parcel(tenant_id)
    deliver_all()
    begun = services.start_replay(handler=DRIVE, since=timezone.now() - timedelta(hours=1), until=timezone.now())
    services.advance_replay(begun.id, limit=2)
    assert Delivery.objects.count() == 2
    deliver_all()
    assert Ran("replay", "--resume", begun.id).status == 0
    deliver_all()
    assert outcomes(DRIVE) == [(0, "done")] * 3 + [(1, "done")] * 3


@parcels
def test_a_handler_that_takes_no_history_is_replayed_by_force_only(tenant_id: UUID) -> None:
    refused = Ran("replay", "--handler", THANK, "--since", "1h")
    assert (refused.status, "Force" in refused.refusal) == (1, True)
    assert Ran("replay", "--handler", THANK, "--since", "1h", "--force").status == 0


def test_replaying_the_daily_counts_clears_the_days_and_gives_the_same_figures(tenant_id: UUID) -> None:
    with only_handlers_of("analytics"):
        for days in (3, 3, 2, 1):
            age(send_parcel(tenant_id), days)
        send_parcel(tenant_id)
        deliver_all()
        before = set(DailyCount.objects.values_list("tenant_key", "metric", "day", "count"))
        since, until = (f"{timezone.now() - timedelta(days=days):%Y-%m-%d}" for days in (3, 1))
        chosen = ("--handler", "analytics.count_events", "--event", "opstests.parcel_sent", "--since", since)
        assert Ran("replay", *chosen, "--until", until, "--json").data[0]["events"] == 3
        assert len(DailyCount.objects.filter(metric="opstests.parcel_sent")) == 2
        deliver_all()
        after = set(DailyCount.objects.values_list("tenant_key", "metric", "day", "count"))
        assert {row for row in after if row[1] == "opstests.parcel_sent"} == {
            row for row in before if row[1] == "opstests.parcel_sent"
        }
        assert Ran("replay", *chosen).status == 1, "today is not over"


def test_a_handler_added_later_is_backfilled_with_what_its_condition_wants(tenant_id: UUID) -> None:
    with only_handlers_of("opstests"):
        for weight in (1, 20, 30):
            send_parcel(tenant_id, weight=weight)
        with connected(parcel_events.insure):
            assert Ran("backfill", "--handler", INSURE, "--since", "1h", "--dry-run", "--json").data[0]["events"] == 3
            assert Ran("backfill", "--handler", INSURE, "--since", "1h", "--json").data[0]["events"] == 2
            deliver_all()
            assert outcomes(INSURE) == [(0, "skipped"), (0, "skipped")]
            assert Ran("backfill", "--handler", INSURE, "--since", "1h", "--json").data[0]["events"] == 0


class TestAfterADeploy:
    def test_what_an_old_process_published_is_owed_to_the_new_handler(self, tenant_id: UUID) -> None:
        with only_handlers_of("opstests"):
            before_the_deploy = send_parcel(tenant_id)
            StoredEvent.objects.update(recorded_at=timezone.now() - timedelta(minutes=5))
            with connected(parcel_events.drive):
                reconciling.note_handlers()
                KnownHandler.objects.update(since=timezone.now() - timedelta(minutes=1))
            by_an_old_process = send_parcel(tenant_id)
            with connected(parcel_events.drive):
                assert Ran("reconcile", "--dry-run", "--json").data == [{"handler": DRIVE, "events": 1}]
                assert not Delivery.objects.exists()
                assert reconciling.reconcile() == {DRIVE: 1}
                assert reconciling.reconcile() == {}
        assert Delivery.objects.get().event_id == by_an_old_process != before_the_deploy

    @parcels
    def test_a_condition_that_declined_is_not_taken_for_a_loss(self, tenant_id: UUID) -> None:
        reconciling.note_handlers()
        KnownHandler.objects.update(since=timezone.now() - timedelta(minutes=1))
        send_parcel(tenant_id, weight=1)
        StoredEvent.objects.update(known_handlers=1)
        assert INSURE not in reconciling.reconcile()


@parcels
class TestPruning:
    def test_an_old_event_goes_with_its_receipts_and_a_young_one_stays(self, tenant_id: UUID) -> None:
        old, young = send_parcel(tenant_id), send_parcel(tenant_id)
        deliver_all()
        old = age(old, 100)
        assert Ran("prune", "--older-than", "90d", "--dry-run", "--json").data == [{"events": 1}]
        assert Ran("prune", "--older-than", "90d", "--json").data == [{"events": 1}]
        assert not StoredEvent.objects.filter(id=old).exists()
        assert not Receipt.objects.filter(event_id=old).exists()
        assert Receipt.objects.filter(event_id=young, handler=DRIVE).exists()

    def test_what_is_owed_or_dead_keeps_its_event_receipts_and_failures(self, tenant_id: UUID) -> None:
        dead, waiting = age(send_dead_parcel(tenant_id), 100), age(send_parcel(tenant_id), 100)
        pruning.prune(older_than=timedelta(days=90))
        assert set(StoredEvent.objects.filter(id__in=[dead, waiting]).values_list("id", flat=True)) == {dead, waiting}
        assert Failure.objects.filter(event_id=dead).count() == 2
        assert Receipt.objects.filter(event_id=dead).exists()

    def test_old_ones_that_are_owed_do_not_stand_in_the_way_of_younger_ones(self, tenant_id: UUID) -> None:
        age(send_dead_parcel(tenant_id), 200)
        over = send_parcel(tenant_id)
        deliver_all()
        over = age(over, 100)
        send_parcel(tenant_id)
        assert pruning.prune(older_than=timedelta(days=90), at_most=1) == 1
        assert not StoredEvent.objects.filter(id=over).exists()

    @pytest.mark.sqlite  # PostgreSQL's positions are ids of transactions, which are never given twice
    def test_the_newest_stays_so_that_no_position_is_given_twice(self, tenant_id: UUID) -> None:
        send_parcel(tenant_id)
        deliver_all()
        newest = StoredEvent.objects.order_by("position").last()
        assert newest is not None
        for event_id in StoredEvent.objects.values_list("id", flat=True):
            age(event_id, 400)
        pruning.prune(older_than=timedelta(days=90))
        later = StoredEvent.objects.get(id=send_parcel(tenant_id))
        assert later.position > newest.position

    def test_without_a_retention_nothing_is_forgotten_by_itself(self) -> None:
        assert Ran("prune").status == (0 if pruning.retention() else 2)
