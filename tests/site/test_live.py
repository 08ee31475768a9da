"""What happens now, as a browser's EventSource reads it."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gauzy.tenancy.choices import Role
from tests.factories.desk import desk_of, desk_of_superuser, text_of
from tests.factories.people import Company, found_company, hire
from tests.factories.platform import new_member, new_superuser

pytestmark = pytest.mark.django_db(transaction=True)  # the feed shows what is committed
LIVE, STREAM = reverse("admin:bus_live"), reverse("admin:bus_live_stream")


@pytest.fixture
def company() -> Company:
    return found_company()


def _read(desk: Client, after: str = "", **query: str) -> tuple[list[Any], str]:
    """Return what one look tells, and the cursor that it ends with."""
    headers = {"Last-Event-ID": after} if after else {}
    answer = desk.get(STREAM, query, headers=headers)
    assert answer.headers["Content-Type"] == "text/event-stream"
    text = b"".join(answer).decode()
    told = [json.loads(line.removeprefix("data: ")) for line in text.splitlines() if line.startswith("data: ")]
    return told, text.rpartition("id: ")[2].strip()


def test_a_browser_that_comes_is_told_nothing_old_and_all_that_follows_once(company: Company) -> None:
    desk = desk_of(company.owner)
    before, cursor = _read(desk)
    hire(company)
    told, next_cursor = _read(desk, cursor)
    assert before == []
    assert [event["label"] for event in told] == ["User registered", "Employee created"]
    assert _read(desk, next_cursor)[0] == []


def test_events_are_chosen_by_kind_and_by_what_they_are_about(company: Company) -> None:
    desk = desk_of(company.owner)
    _, cursor = _read(desk)
    hire(company)
    employee = hire(company)
    told, _ = _read(desk, cursor, name="employees.employee_created", subject=str(employee.pk))
    assert [event["about"] for event in told] == [f"employee {employee}"]


def test_another_tenants_events_are_not_told(company: Company) -> None:
    rival = desk_of(found_company("Rival").owner)
    _, cursor = _read(rival)
    hire(company)
    assert _read(rival, cursor)[0] == []
    assert _read(rival, cursor, tenant="all")[0] == []


def test_a_superuser_may_follow_every_tenant(company: Company) -> None:
    desk = desk_of_superuser(new_superuser())
    _, cursor = _read(desk, tenant="all")
    hire(company)
    assert len(_read(desk, cursor, tenant="all")[0]) == 2


def test_managers_follow_nothing(company: Company) -> None:
    desk = desk_of(new_member(company.owner, Role.MANAGER))
    assert desk.get(STREAM).status_code == desk.get(LIVE).status_code == 403


def test_a_cursor_that_makes_no_sense_means_now(company: Company) -> None:
    hire(company)
    assert _read(desk_of(company.owner), "nonsense")[0] == []


def test_the_page_names_its_stream(company: Company) -> None:
    page = text_of(desk_of(company.owner).get(LIVE, {"name": "employees.employee_created"}))
    assert f"{STREAM}?name=employees.employee_created" in page
