"""Editing, at the desk, what a handler reads of an event that it gave up."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from activitylog.models import ActivityLog
from gauzy.eventbus import Change
from gauzy.eventbus.models import Delivery, Receipt, StoredEvent
from gauzy.eventbus.testing import deliver_all, recorded_events
from gauzy.eventops.events import DeliveryEditedEvent
from gauzy.site.bus.edit_views import PayloadForm
from gauzy.tenancy.choices import Role
from tests.factories.desk import desk_of, desk_of_superuser, text_of
from tests.factories.people import Company, found_company
from tests.factories.platform import new_member, new_superuser
from tests.site import failing

pytestmark = pytest.mark.django_db


@pytest.fixture
def dead(company: Company) -> Iterator[Delivery]:
    with failing.a_broken_handler():
        yield failing.kill_a_delivery(company)


def _page(delivery: Delivery, **query: str) -> str:
    wanted = "&".join(f"{name}={value}" for name, value in {"handler": delivery.handler, **query}.items())
    return f"{reverse('admin:bus_edit', args=(delivery.event_id,))}?{wanted}"


def _entered(delivery: Delivery, **changed: str) -> dict[str, str]:
    data = StoredEvent.objects.get(id=delivery.event_id).data | changed
    return {f"payload-{name}": str(value) for name, value in data.items() if name != "tenant_id"}


def test_the_handler_reads_what_was_entered_and_the_log_says_who_entered_it(company: Company, dead: Delivery) -> None:
    desk, other = desk_of(company.owner), str(uuid4())
    assert "Save and retry" in text_of(desk.get(_page(dead)))
    with recorded_events() as events:
        answer = desk.post(_page(dead), _entered(dead, employee_id=other))
    assert answer.headers["Location"] == reverse("admin:bus_event", args=(dead.event_id,))
    [edited] = events.of(DeliveryEditedEvent)
    old = StoredEvent.objects.get(id=dead.event_id).data["employee_id"]
    assert edited.changes == (Change(field="employee_id", old=old, new=other),)
    failing.repair_it()
    deliver_all()
    assert Receipt.objects.get(event_id=dead.event_id, handler=dead.handler).outcome == "done"
    entry = ActivityLog.objects.get(event="eventops.delivery_edited")
    assert (entry.tenant_id, entry.actor_id) == (company.tenant_id, company.owner.user_id)
    assert "Delivery edited" in text_of(desk.get(reverse("admin:bus_event", args=(dead.event_id,))))


@pytest.mark.parametrize(("changed", "told"), [({}, "Nothing is changed"), ({"employee_id": "x"}, "employee_id")])
def test_what_cannot_be_saved_is_told_and_kept_in_the_form(
    company: Company, dead: Delivery, changed: dict[str, str], told: str
) -> None:
    answer = desk_of(company.owner).post(_page(dead), _entered(dead, **changed))
    assert told in " ".join(answer.context["form"].non_field_errors())
    assert Delivery.objects.get(pk=dead.pk).dead_at


def test_who_may_not_repair_does_not_edit(company: Company, dead: Delivery) -> None:
    manager, rival = desk_of(new_member(company.owner, Role.MANAGER)), desk_of(found_company("Rival").owner)
    for desk, status in ((manager, 403), (rival, 404)):
        assert desk.get(_page(dead)).status_code == status
        assert desk.post(_page(dead), _entered(dead, employee_id=str(uuid4()))).status_code == status
    assert Delivery.objects.get(pk=dead.pk).dead_at


def test_a_superuser_keeps_the_view_over_every_tenant(dead: Delivery) -> None:
    answer = desk_of_superuser(new_superuser()).post(
        _page(dead, tenant="all"), _entered(dead, employee_id=str(uuid4()))
    )
    assert answer.headers["Location"].endswith("?tenant=all")


def test_what_is_not_dead_leads_back_to_its_event(company: Company, dead: Delivery) -> None:
    desk = desk_of(company.owner)
    desk.post(reverse("admin:bus_retry", args=(dead.event_id,)), {"handler": dead.handler})
    answer = desk.get(_page(dead), follow=True)
    assert "The delivery is not dead" in text_of(answer)
    assert f"{reverse('admin:bus_edit', args=(dead.event_id,))}?" not in text_of(answer)


@pytest.mark.parametrize(
    ("before", "entered", "read"),
    [
        ("7", "9", "9"),
        (7, "8", 8),
        (None, "Ada", "Ada"),
        (None, '"8"', "8"),
        (["a"], '["a", "b"]', ["a", "b"]),
        ("x" * 80, "short", "short"),
    ],
)
def test_what_is_entered_is_read_as_the_kind_of_value_that_stood_there(before: Any, entered: str, read: Any) -> None:
    form = PayloadForm({"value": before, "same": "a\nb"}, {"payload-value": entered, "payload-same": "a\r\nb"})
    assert form.is_valid()
    assert form.edited() == {"value": read}
    assert {field.name: kind for field, kind in form.boxes()}["same"] == "textarea"
