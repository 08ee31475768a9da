import csv
import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test import AsyncClient
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from activitylog import services
from activitylog.models import ActivityLog
from employees.events import EmployeeEndedEvent
from gauzy.context import Actor, ActorKind
from gauzy.eventbus import Change
from gauzy.eventbus.ids import uuid7
from gauzy.organizations.events import OrganizationCreatedEvent
from gauzy.rest.spreadsheets import ROWS_AT_ONCE
from gauzy.tenancy.choices import Role
from gauzy.tenancy.models import Membership
from tests.activitylog.events import MachineUpdatedEvent, PersonUpdatedEvent
from tests.factories.deliveries import ADA, NOON, delivered
from tests.factories.people import found_company, hire
from tests.factories.platform import new_member, new_owner, token_client

pytestmark = pytest.mark.django_db

URL = "/api/v1/activity-log"


def happened(tenant_id: UUID, *, actor: Actor = ADA, minutes: int = 0, **fields: Any) -> ActivityLog:
    values = {"machine_id": uuid7(), "organization_id": uuid7()} | fields
    delivery = delivered(
        MachineUpdatedEvent(tenant_id=tenant_id, **values), actor=actor, occurred_at=NOON + timedelta(minutes=minutes)
    )
    services.record([delivery])
    row: ActivityLog = ActivityLog.objects.get(event_id=delivery.meta.event_id)
    return row


def as_actor(membership: Membership, label: str = "Mem Ber") -> Actor:
    return Actor(ActorKind.USER, label, membership.user_id)


def ids(client: APIClient, query: str = "") -> list[str]:
    answer = client.get(URL + query)
    assert answer.status_code == 200, answer.json()
    return [row["id"] for row in answer.json()["results"]]


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN])
def test_administrators_read_all_of_their_tenants_log_newest_first(role: Role) -> None:
    reader, stranger = new_member(new_owner(), role), new_owner()
    older = happened(reader.tenant_id)
    newer = happened(reader.tenant_id, actor=as_actor(reader), minutes=1)
    happened(stranger.tenant_id)
    assert ids(token_client(reader)) == [str(newer.id), str(older.id)]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.EMPLOYEE, Role.VIEWER])
def test_others_read_what_they_did_themselves(role: Role) -> None:
    reader = new_member(new_owner(), role)
    own = happened(reader.tenant_id, actor=as_actor(reader))
    happened(reader.tenant_id)
    happened(new_owner().tenant_id, actor=as_actor(reader))
    assert ids(token_client(reader)) == [str(own.id)]


def test_a_row_tells_people_and_programs_what_happened() -> None:
    reader = new_owner()
    change = Change(field="job_title", old=None, new="Analyst")
    row = happened(reader.tenant_id, changes=(change,))
    [shown] = token_client(reader).get(URL).json()["results"]
    assert shown == {
        "id": str(row.id),
        "description": "Machine updated by Ada Lovelace: job title",
        "event": "logtests.machine_updated",
        "event_id": str(row.event_id),
        "entity_type": "machine",
        "entity_id": row.entity_id,
        "entity_name": "",
        "action": "updated",
        "changes": [{"field": "job_title", "old": None, "new": "Analyst"}],
        "actor_kind": "user",
        "actor_id": str(ADA.id),
        "actor_label": "Ada Lovelace",
        "on_behalf_of_id": None,
        "organization_id": str(row.organization_id),
        "correlation_id": str(row.correlation_id),
        "causation_id": None,
        "causing_handler": "",
        "occurred_at": "2026-03-02T12:00:00Z",
        "recorded_at": shown["recorded_at"],
    }


@pytest.mark.parametrize("path", [URL, f"{URL}/export"])
def test_viewers_see_neither_names_nor_personal_values(path: str) -> None:
    changes = (Change(field="operator", old="Grace", new="Hedy"), Change(field="colour", old="red", new="blue"))
    viewer, owner = new_member(new_owner(), Role.VIEWER), new_owner()
    happened(viewer.tenant_id, actor=as_actor(viewer, "Vera"), changes=changes)
    happened(owner.tenant_id, actor=as_actor(owner, "Vera"), changes=changes)

    def shown_to(membership: Membership) -> str:
        return b"".join(token_client(membership).get(path)).decode()

    for secret in ("Vera", "Grace", "Hedy"):
        assert secret not in shown_to(viewer)
        assert secret in shown_to(owner)
    assert "operator" in shown_to(viewer)
    assert "blue" in shown_to(viewer)


def test_all_changes_of_an_event_that_marks_them_as_a_whole_are_personal() -> None:
    viewer = new_member(new_owner(), Role.VIEWER)
    changes = (Change(field="job_title", old="Clerk", new="Analyst"),)
    event = PersonUpdatedEvent(tenant_id=viewer.tenant_id, person_id=uuid7(), changes=changes)
    services.record([delivered(event, actor=as_actor(viewer))])
    [row] = token_client(viewer).get(URL).json()["results"]
    assert row["changes"] == [{"field": "job_title", "old": "[redacted]", "new": "[redacted]"}]


@pytest.mark.parametrize(
    "filter_name", ["entity_type", "entity_id", "actor_id", "action", "event", "organization_id", "correlation_id"]
)
def test_the_log_is_filtered_by_each_of_its_names(filter_name: str) -> None:
    reader = new_owner()
    wanted = happened(reader.tenant_id, actor=as_actor(reader))
    person = PersonUpdatedEvent(tenant_id=reader.tenant_id, person_id=uuid7())
    services.record([delivered(person)])
    client = token_client(reader)
    found = ids(client, f"?{filter_name}={getattr(wanted, filter_name)}")
    assert str(wanted.id) in found
    assert len(found) == (2 if filter_name == "action" else 1)
    assert ids(client, "?action=deleted") == []


def test_since_belongs_to_the_answer_and_until_does_not() -> None:
    reader = new_owner()
    rows = [happened(reader.tenant_id, minutes=minutes) for minutes in range(4)]
    query = "?since=2026-03-02T12:01:00Z&until=2026-03-02T13:03:00%2B01:00"
    assert ids(token_client(reader), query) == [str(rows[2].id), str(rows[1].id)]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?entity=machine", "entity"),
        ("?actor_id=ada", "actor_id"),
        ("?since=2026-03-02T12:00:00", "since"),
        ("?event=a&event=b", "event"),
    ],
)
@pytest.mark.parametrize("path", [URL, f"{URL}/export"])
def test_a_filter_that_makes_no_sense_is_refused(path: str, query: str, field: str) -> None:
    answer = token_client(new_owner()).get(path + query)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_pages_follow_one_another_also_where_moments_are_equal() -> None:
    reader = new_owner()
    rows = {str(happened(reader.tenant_id).id) for _ in range(5)}
    client, url, seen = token_client(reader), f"{URL}?limit=2", []
    while url:
        page = client.get(url).json()
        seen += [row["id"] for row in page["results"]]
        url = page["next"]
    assert set(seen) == rows
    assert len(seen) == 5


def test_the_number_of_rows_does_not_change_the_number_of_queries() -> None:
    reader = new_owner()
    client = token_client(reader)

    def queries(rows: int) -> int:
        for _ in range(rows):
            happened(reader.tenant_id)
        with CaptureQueriesContext(connection) as captured:
            ids(client)
        return len(captured)

    queries(0)  # the first request also notes the token's use
    assert queries(1) == queries(20)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_no_method_changes_the_log(method: str) -> None:
    client = token_client(new_owner())
    for path in (URL, f"{URL}/export"):
        assert getattr(client, method)(path).status_code == 405


@pytest.mark.parametrize("path", [URL, f"{URL}/export"])
def test_who_has_not_signed_in_reads_nothing(path: str) -> None:
    assert APIClient().get(path).status_code == 401


def exported(client: APIClient, query: str = "", **headers: Any) -> list[dict[str, str]]:
    answer = client.get(f"{URL}/export{query}", **headers)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "activity-log.csv" in answer["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(b"".join(answer).decode())))


def test_the_export_holds_what_the_list_would_show() -> None:
    reader, stranger = new_owner(), new_owner()
    change = Change(field="job_title", old="Clerk, senior", new='"Analyst"')
    older = happened(reader.tenant_id, changes=(change,))
    newer = happened(reader.tenant_id, minutes=1)
    happened(stranger.tenant_id)
    client = token_client(reader)
    rows = exported(client)
    assert [row["event_id"] for row in rows] == [str(newer.event_id), str(older.event_id)]
    assert rows[1]["changes"] == 'job_title: Clerk, senior → "Analyst"'
    assert rows[1]["occurred_at"] == "2026-03-02T12:00:00+00:00"
    narrowed = exported(client, f"?entity_id={older.entity_id}", HTTP_ACCEPT="text/csv")
    assert [row["event_id"] for row in narrowed] == [str(older.event_id)]


def test_rows_say_what_they_are_about_as_far_as_their_reader_may_know() -> None:
    company = found_company("Acme")
    viewer = new_member(company.owner, Role.VIEWER)
    employee_id = hire(company, first_name="Grace", last_name="Hopper").pk
    about = {"tenant_id": company.tenant_id, "organization_id": company.organization.pk}
    ended = EmployeeEndedEvent(employee_id=employee_id, ended_at=NOON, reason="", **about)
    for event in (ended, OrganizationCreatedEvent(**about)):
        services.record([delivered(event, actor=as_actor(viewer), occurred_at=NOON)])
    for reader, expected in ((company.owner, {"Grace Hopper", "Acme"}), (viewer, {"", "Acme"})):
        client = token_client(reader)
        assert {row["entity_name"] for row in client.get(URL).json()["results"]} == expected
        assert {row["entity_name"] for row in exported(client)} == expected


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_the_export_is_a_formula(start: str) -> None:
    reader = new_owner()
    happened(reader.tenant_id, actor=Actor(ActorKind.API_KEY, f"{start}HYPERLINK(evil)"))
    [row] = exported(token_client(reader))
    assert row["actor_label"].startswith("'")
    assert "HYPERLINK(evil)" in row["actor_label"]


def test_a_long_export_is_read_in_portions_not_row_by_row() -> None:
    reader = new_owner()
    for minutes in range(30):
        happened(reader.tenant_id, minutes=minutes)
    client = token_client(reader)
    exported(client)
    with CaptureQueriesContext(connection) as captured:
        assert len(exported(client)) == 30
    assert len([query for query in captured if "activitylog" in query["sql"]]) == 1


@pytest.mark.parametrize("rows", [0, 3, ROWS_AT_ONCE + 1])
def test_an_asynchronous_server_streams_the_same_export(rows: int) -> None:
    reader = new_owner()
    services.record([delivered(PersonUpdatedEvent(tenant_id=reader.tenant_id, person_id=uuid7())) for _ in range(rows)])
    client = token_client(reader)

    async def streamed() -> str:
        credentials = {"Authorization": client._credentials["HTTP_AUTHORIZATION"]}  # type: ignore[attr-defined]  # not in the stubs
        answer = await AsyncClient().get(f"{URL}/export", headers=credentials)
        return "".join([part.decode() async for part in answer])  # type: ignore[attr-defined]  # it streams

    text = async_to_sync(streamed)()
    assert text == b"".join(client.get(f"{URL}/export")).decode()
    assert len(text.splitlines()) == rows + 1
