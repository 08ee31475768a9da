from uuid import UUID

import pytest

from gauzy.eventbus.models import Pause, Receipt
from gauzy.eventbus.testing import assert_published, deliver_all
from gauzy.eventops import exceptions, selectors, services
from gauzy.eventops.events import HandlerPausedEvent, HandlerResumedEvent
from gauzy.eventops.stats import handler_stats
from tests.eventops.parcels import send_parcel
from tests.eventops.test_commands import Ran

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("parcels", "acting")]
DRIVE = "opstests.drive"


def test_pausing_and_resuming_is_announced_and_seen(tenant_id: UUID) -> None:
    services.pause(name=DRIVE, reason="the van is broken")
    assert_published(HandlerPausedEvent, name=DRIVE, reason="the van is broken")
    assert [stats.paused for stats in handler_stats(DRIVE)] == ["the van is broken"]
    assert [row.handler for row in selectors.pauses(DRIVE)] == [DRIVE]
    services.resume(name=DRIVE)
    assert_published(HandlerResumedEvent, name=DRIVE)
    assert not Pause.objects.exists()


def test_resuming_what_does_not_rest_is_refused() -> None:
    with pytest.raises(exceptions.NotPaused):
        services.resume(name=DRIVE)


def test_a_pause_needs_a_known_name_and_a_reason() -> None:
    with pytest.raises(exceptions.UnknownHandler):
        services.pause(name="opstests.fly", reason="why not")
    with pytest.raises(exceptions.ReasonRefused):
        services.pause(name=DRIVE, reason=" ")


def test_commands_pause_and_resume_a_queue(tenant_id: UUID) -> None:
    assert Ran("pause").lines == ["Nothing rests."]
    ran = Ran("pause", "default", "--reason", "maintenance", "--json")
    assert [(row["queue"], row["reason"]) for row in ran.data] == [("default", "maintenance")]
    send_parcel(tenant_id)
    deliver_all()
    assert not Receipt.objects.filter(handler=DRIVE).exists()
    assert "paused: maintenance" in Ran("stats", "--handler", DRIVE).out
    assert Ran("resume", "default").status == 0
    deliver_all()
    assert Receipt.objects.filter(handler=DRIVE).exists()
    assert Ran("resume", "default").status == 1
    assert Ran("pause", "opstests.fly", "--reason", "x").status == 1
