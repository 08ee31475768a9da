"""What is wrong is told in words, with its cure; notes are no problems."""

from datetime import timedelta
from uuid import UUID

import pytest
from pytest_django import Settings

from gauzy.eventbus.conf import bus_settings
from gauzy.eventbus.models import Delivery
from gauzy.eventbus.stores import store
from gauzy.eventops import doctor, services
from gauzy.eventops.lag import PATIENCE
from tests.eventops.parcels import send_dead_parcel, send_parcel
from tests.eventops.test_commands import Ran

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("parcels", "acting")]


@pytest.fixture(autouse=True)
def _embedded(settings: Settings) -> None:
    """No other process is asked."""
    settings.EMBEDDED_WORKER = True


def codes() -> set[str]:
    return {finding.code for finding in doctor.examine()}


def test_dead_deliveries_are_a_problem(tenant_id: UUID) -> None:
    send_dead_parcel(tenant_id)
    ran = Ran("doctor")
    assert ran.status == 1
    assert "problem: Dead deliveries: 1, of opstests.drive. (dead_deliveries)" in ran.lines
    [told] = [one for one in Ran("doctor", "--json").data if one["code"] == "dead_deliveries"]
    assert (told["level"], "events dead" in told["cure"]) == ("problem", True)


def test_work_that_nobody_takes_is_a_problem_and_work_that_runs_is_none(tenant_id: UUID) -> None:
    send_parcel(tenant_id)
    assert "work_not_taken" not in codes()
    late = store().now() - PATIENCE * 2
    Delivery.objects.update(due=late, lease_until=store().now() + timedelta(minutes=1))
    assert "work_not_taken" not in codes()
    Delivery.objects.update(lease_until=None)
    assert "work_not_taken" in codes()


def test_what_is_owed_to_a_handler_that_is_gone_is_a_problem(tenant_id: UUID) -> None:
    send_parcel(tenant_id)
    Delivery.objects.filter(handler="opstests.drive").update(handler="opstests.renamed")
    assert "eventbus.W011" in codes()


def test_a_rest_is_a_note() -> None:
    services.pause(name="opstests.drive", reason="the van is broken")
    [told] = [finding for finding in doctor.examine() if finding.code == "paused"]
    assert told.text == "opstests.drive rests: the van is broken."
    assert not told.is_problem


def test_queues_that_no_worker_serves_are_named() -> None:
    queues = bus_settings().QUEUES
    assert [one.code for one in doctor.unserved([], workers=0)] == ["no_worker"]
    [missing] = doctor.unserved(queues[1:], workers=1)
    assert missing.text == f"No worker serves {queues[0]}."
    assert list(doctor.unserved(queues, workers=1)) == []
