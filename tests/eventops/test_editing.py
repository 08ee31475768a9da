from typing import Any
from uuid import UUID, uuid4

import pytest

from gauzy import eventbus as bus
from gauzy.eventbus import Change
from gauzy.eventbus.models import Delivery, Receipt, StoredEvent
from gauzy.eventbus.testing import assert_published, connected, deliver_all
from gauzy.eventops import exceptions, services
from gauzy.eventops.events import DeliveryEditedEvent
from tests.eventops.events import ParcelSentEvent, Weather
from tests.eventops.parcels import send_dead_parcel, send_parcel
from tests.eventops.test_commands import Ran

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("parcels", "acting")]
WEIGH = "opstests.weigh"
weighed: list[int] = []


@bus.handles(ParcelSentEvent, id=WEIGH, retries=[])
def weigh(event: ParcelSentEvent) -> None:
    if event.weight < 0:
        raise ValueError("lighter than air")
    weighed.append(event.weight)


@pytest.fixture
def event_id(tenant_id: UUID) -> Any:
    """An event that `weigh` gave up."""
    weighed.clear()
    with connected(weigh):
        sent = send_parcel(tenant_id, weight=-1, recipient="Grace Hopper")
        deliver_all(expect_failures=True)
        yield sent


def edit(event_id: UUID, tenant_id: UUID | None = None, **fields: Any) -> None:
    services.edit_delivery(event_id=event_id, handler=WEIGH, fields=fields, tenant_id=tenant_id)


def test_the_handler_reads_the_edited_data_and_the_event_stays_as_it_was(event_id: UUID, tenant_id: UUID) -> None:
    edit(event_id, tenant_id, weight=3)
    deliver_all()
    assert weighed == [3]
    assert Receipt.objects.get(event_id=event_id, handler=WEIGH).outcome == "done"
    assert StoredEvent.objects.get(id=event_id).data["weight"] == -1


def test_an_edit_is_on_record(event_id: UUID, tenant_id: UUID) -> None:
    edit(event_id, weight=3)
    told = assert_published(DeliveryEditedEvent, event_id=event_id, handler=WEIGH)
    assert told.tenant_id == tenant_id
    assert told.changes == (Change(field="weight", old=-1, new=3),)


def test_a_second_edit_builds_on_the_first(event_id: UUID) -> None:
    edit(event_id, weight=-2, recipient="Ada")
    deliver_all(expect_failures=True)
    edit(event_id, weight=4)
    told = assert_published(DeliveryEditedEvent, event_id=event_id, changes=(Change(field="weight", old=-2, new=4),))
    assert told.handler == WEIGH
    edited = Delivery.objects.get(event_id=event_id, handler=WEIGH).edited
    assert edited is not None
    assert (edited["recipient"], edited["weight"]) == ("Ada", 4)


def test_what_the_class_would_not_read_is_refused_by_name(event_id: UUID) -> None:
    with pytest.raises(exceptions.PayloadRefused, match="weight"):
        edit(event_id, weight="heavy")
    for name in ("height", "tenant_id"):
        with pytest.raises(exceptions.PayloadRefused) as refused:
            services.edit_delivery(event_id=event_id, handler=WEIGH, fields={name: str(uuid4())}, tenant_id=None)
        assert set(refused.value.fields) == {name}
    assert Delivery.objects.get(event_id=event_id, handler=WEIGH).edited is None


def test_another_tenants_event_is_unknown(event_id: UUID) -> None:
    with pytest.raises(exceptions.EventNotFound):
        edit(event_id, uuid4(), weight=3)


def test_only_what_is_dead_is_edited(tenant_id: UUID) -> None:
    with connected(weigh):
        sent = send_parcel(tenant_id)
        with pytest.raises(exceptions.DeliveryNotDead):
            edit(sent, weight=3)


def test_failures_after_an_edit_hide_the_edited_personal_data(tenant_id: UUID) -> None:
    sent = send_dead_parcel(tenant_id)
    services.edit_delivery(event_id=sent, handler="opstests.drive", fields={"recipient": "Ada Byron"}, tenant_id=None)
    Weather.bad = True
    try:
        deliver_all(expect_failures=True)
    finally:
        Weather.bad = False
    assert Delivery.objects.get(event_id=sent, handler="opstests.drive").reason == "no road to [redacted]"


def test_the_command_reads_json_and_text(event_id: UUID) -> None:
    ran = Ran("edit", event_id, WEIGH, "--set", "weight=3", "--set", "recipient=Ada")
    assert ran.lines == [f"{WEIGH} reads event {event_id} with other recipient, weight: due now."]
    deliver_all()
    assert weighed == [3]
    assert Ran("edit", event_id, WEIGH, "--set", "weight=3").status == 1
    assert Ran("edit", event_id, WEIGH, "--set", "weight").status == 2
