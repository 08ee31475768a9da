import json
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from employees.events import EmployeeCreatedEvent, EmployeeEndedEvent, EmployeeRestoredEvent, EmployeeUpdatedEvent
from employees.importing.reading import MAX_BYTES
from employees.models import Employee
from gauzy.eventbus.testing import recorded_events
from gauzy.tenancy.choices import Role
from tests.factories.people import Company, found_company, hire, membership_of
from tests.factories.platform import new_member, token_client

pytestmark = pytest.mark.django_db

URL = "/api/v1/employees"
CSV = b"email,first_name,last_name\na@example.org,A,A\nnobody,B,B\nc@example.org,C,C\n"


@pytest.fixture
def client(company: Company) -> APIClient:
    return token_client(company.owner)


def new(company: Company, **values: Any) -> dict[str, Any]:
    person = {"email": "ada@example.org", "first_name": "Ada", "last_name": "Lovelace"}
    return {"organization_id": str(company.organization.id)} | person | values


def ids(answer: Any) -> list[str]:
    return [row["id"] for row in answer.json()["results"]]


def without_request_id(answer: Any) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name != "request_id"}


# --- creating ---------------------------------------------------------------------------------------------------------


def test_creating_answers_the_employee(client: APIClient, company: Company) -> None:
    with recorded_events() as events:
        answer = client.post(URL, new(company, start_date="2026-03-02", time_zone="Europe/Rome"))
    assert answer.status_code == 201
    employee = Employee.unscoped.get()
    assert answer.json() == {
        "id": str(employee.id),
        "organization_id": str(company.organization.id),
        "email": "ada@example.org",
        "first_name": "Ada",
        "last_name": "Lovelace",
        "job_title": "",
        "time_zone": "Europe/Rome",
        "start_date": "2026-03-02",
        "external_id": "",
        "status": "active",
        "ended_at": None,
        "end_reason": "",
        "created_at": answer.json()["created_at"],
        "updated_at": answer.json()["updated_at"],
    }
    assert len(events.of(EmployeeCreatedEvent)) == 1


def test_the_answer_does_not_tell_whether_the_user_existed(client: APIClient, company: Company) -> None:
    hire(found_company("Elsewhere"), email="known@example.org", first_name="Secret")
    known = client.post(URL, new(company, email="known@example.org")).json()
    fresh = client.post(URL, new(company, email="fresh@example.org")).json()
    differing = {name for name in fresh if fresh[name] != known[name]}
    assert differing == {"id", "email", "created_at", "updated_at"}


def test_a_duplicate_is_a_conflict_that_names_the_field(client: APIClient, company: Company) -> None:
    client.post(URL, new(company))
    with recorded_events() as events:
        answer = client.post(URL, new(company, email="ADA@example.org"))
    assert (answer.status_code, answer.json()["code"]) == (409, "employee_exists")
    assert list(answer.json()["errors"]) == ["email"]
    assert not events


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": None}, "email"),
        ({"first_name": ""}, "first_name"),
        ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"start_date": "yesterday"}, "start_date"),
        ({"job_title": ["Chief"]}, "job_title"),
        ({"organization_id": "7"}, "organization_id"),
        ({"salary": 1}, "salary"),
        ({"tenant_id": str(uuid4())}, "tenant_id"),
        ({"status": "ended"}, "status"),
    ],
)
def test_bad_input_is_refused_by_field(client: APIClient, company: Company, values: Any, field: str) -> None:
    with recorded_events() as events:
        answer = client.post(URL, new(company, **values))
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert not events
    assert not Employee.unscoped.exists()


def test_a_foreign_organization_is_as_unknown_as_none(client: APIClient, company: Company) -> None:
    foreign = found_company("Elsewhere").organization.id
    answers = [client.post(URL, new(company, organization_id=str(unknown))) for unknown in (foreign, uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert without_request_id(answers[0]) == without_request_id(answers[1])


def test_an_oversized_body_is_refused(client: APIClient, company: Company) -> None:
    answer = client.post(URL, new(company, job_title="x" * 3_000_000))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


# --- reading ----------------------------------------------------------------------------------------------------------


def test_filters_narrow_the_list(client: APIClient, company: Company) -> None:
    ada, bob = hire(company, email="ada@example.org"), hire(company)
    hire(found_company("Elsewhere"), email="ada@example.org")
    client.post(f"{URL}/{bob.id}/end", {})
    assert ids(client.get(URL)) == [str(bob.id), str(ada.id)]
    assert ids(client.get(URL, {"email": "Ada@Example.org"})) == [str(ada.id)]
    assert ids(client.get(URL, {"status": "active"})) == [str(ada.id)]
    assert ids(client.get(URL, {"status": "ended"})) == [str(bob.id)]
    assert len(ids(client.get(URL, {"organization_id": str(company.organization.id)}))) == 2
    assert ids(client.get(URL, {"organization_id": str(uuid4())})) == []


@pytest.mark.parametrize("text", ["A\r\nBcc: x@example.org", "a tab\there", "half\x85way"])
@pytest.mark.parametrize("field", ["first_name", "last_name", "job_title"])
def test_a_name_is_a_single_line(client: APIClient, company: Company, field: str, text: str) -> None:
    answer = client.post(URL, new(company, **{field: text}))
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert not Employee.unscoped.exists()


@pytest.mark.parametrize("query", [{"name": "Ada"}, {"status": "asleep"}, {"organization_id": "7"}, {"limit": "0"}])
def test_a_filter_that_makes_no_sense_is_refused(client: APIClient, query: dict[str, str]) -> None:
    answer = client.get(URL, query)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, list(query))


def test_pages_follow_each_other(client: APIClient, company: Company) -> None:
    hired = [str(hire(company).id) for _ in range(5)]
    seen, url = [], f"{URL}?limit=2"
    while url:
        answer = client.get(url)
        seen += ids(answer)
        url = answer.json()["next"]
    assert seen == hired[::-1]


def test_a_list_takes_the_same_queries_for_one_row_and_for_many(client: APIClient, company: Company) -> None:
    hire(company)
    client.get(URL)  # the first use of a token is written down
    with CaptureQueriesContext(connection) as for_one:
        client.get(URL)
    for _ in range(10):
        hire(company)
    with CaptureQueriesContext(connection) as for_many:
        client.get(URL)
    assert len(for_many) == len(for_one)


# --- who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.MANAGER, Role.EMPLOYEE])
def test_others_read_themselves_and_change_nobody(company: Company, role: Role) -> None:
    member = new_member(company.owner, role)
    mine, other = hire(company, email=member.user.email), hire(company)
    client = token_client(member)
    assert ids(client.get(URL)) == [str(mine.id)]
    assert client.get(f"{URL}/{mine.id}").status_code == 200
    hidden, unknown = client.get(f"{URL}/{other.id}"), client.get(f"{URL}/{uuid4()}")
    assert hidden.status_code == 404
    assert without_request_id(hidden) == without_request_id(unknown)
    with recorded_events() as events:
        refused = [
            client.post(URL, new(company)),
            client.post(f"{URL}/bulk", {"items": [new(company)]}),
            client.post(f"{URL}/import?organization_id={company.organization.id}", CSV, content_type="text/csv"),
            client.patch(f"{URL}/{mine.id}", {"job_title": "Boss"}),
            client.post(f"{URL}/{mine.id}/end", {}),
            client.post(f"{URL}/{mine.id}/restore", {}),
        ]
    assert [answer.status_code for answer in refused] == [403] * 6
    assert not events


def test_an_administrator_may_all(company: Company) -> None:
    client = token_client(new_member(company.owner, Role.ADMIN))
    created = client.post(URL, new(company)).json()["id"]
    assert ids(client.get(URL)) == [created]
    assert client.post(f"{URL}/{created}/end", {}).status_code == 200


def test_nobody_else_may_anything(company: Company) -> None:
    assert APIClient().get(URL).status_code == 401


def test_a_foreign_employee_is_as_unknown_as_none(client: APIClient, company: Company) -> None:
    foreign = hire(found_company("Elsewhere"))
    for method, path, body in [
        ("get", "", None),
        ("patch", "", {"job_title": "Spy"}),
        ("post", "/end", {}),
        ("post", "/restore", {}),
    ]:
        answers = [getattr(client, method)(f"{URL}/{unknown}{path}", body) for unknown in (foreign.id, uuid4())]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert without_request_id(answers[0]) == without_request_id(answers[1])


# --- changing ---------------------------------------------------------------------------------------------------------


def test_patching_changes_what_is_given(client: APIClient, company: Company) -> None:
    employee = hire(company, job_title="Analyst")
    with recorded_events() as events:
        answer = client.patch(f"{URL}/{employee.id}", {"job_title": "Countess", "start_date": None})
    assert (answer.status_code, answer.json()["job_title"]) == (200, "Countess")
    assert [[change.field for change in event.changes] for event in events.of(EmployeeUpdatedEvent)] == [["job_title"]]


@pytest.mark.parametrize("field", ["email", "organization_id", "status", "ended_at", "shoe_size"])
def test_patching_what_cannot_be_is_refused(client: APIClient, company: Company, field: str) -> None:
    answer = client.patch(f"{URL}/{hire(company).id}", {field: "x"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_ending_and_restoring(client: APIClient, company: Company) -> None:
    employee = hire(company)
    theirs = token_client(membership_of(employee))
    with recorded_events() as events:
        ended = client.post(f"{URL}/{employee.id}/end", {"reason": "Retired"})
        repeated = client.post(f"{URL}/{employee.id}/end", {})
    assert (ended.status_code, ended.json()["status"], ended.json()["end_reason"]) == (200, "ended", "Retired")
    assert repeated.json() == ended.json()
    assert len(events.of(EmployeeEndedEvent)) == len(events) == 1
    assert theirs.get(URL).status_code == 401
    with recorded_events() as events:
        restored = client.post(f"{URL}/{employee.id}/restore")
    assert (restored.status_code, restored.json()["status"]) == (200, "active")
    assert len(events.of(EmployeeRestoredEvent)) == len(events) == 1


# --- several at once --------------------------------------------------------------------------------------------------


def test_bulk_is_atomic_by_default_and_names_each_item_at_fault(client: APIClient, company: Company) -> None:
    hire(company, email="ada@example.org")
    items = [new(company, email="new@example.org"), new(company), {"email": "x@example.org", "shoe": 1}, "nobody"]
    with recorded_events() as events:
        answer = client.post(f"{URL}/bulk", {"items": items})
    assert (answer.status_code, answer.json()["code"]) == (400, "bulk_refused")
    assert list(answer.json()["errors"]) == ["items.1.email", "items.2.shoe", "items.3.non_field_errors"]
    assert not events
    assert Employee.unscoped.count() == 1


def test_bulk_per_item_gives_each_its_verdict(client: APIClient, company: Company) -> None:
    items = [new(company, email="new@example.org"), new(company, email="nobody"), new(company, email="new@example.org")]
    with recorded_events() as events:
        answer = client.post(f"{URL}/bulk", {"items": items, "atomic": False})
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [result["verdict"] for result in results] == ["created", "refused", "exists"]
    assert results[0]["employee"]["email"] == "new@example.org"
    assert (results[1]["employee"], results[1]["code"], list(results[1]["errors"])) == (None, "invalid", ["email"])
    assert results[2]["code"] == "employee_exists"
    assert len(events.of(EmployeeCreatedEvent)) == 1


@pytest.mark.parametrize("items", [[], [{}] * 501, "none", None])
def test_bulk_takes_1_to_500_items(client: APIClient, items: Any) -> None:
    answer = client.post(f"{URL}/bulk", {"items": items})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["items"])


# --- CSV --------------------------------------------------------------------------------------------------------------


def import_url(company: Company, query: str = "") -> str:
    return f"{URL}/import?organization_id={company.organization.id}{query}"


@pytest.mark.parametrize("way", ["body", "form"])
def test_a_csv_is_imported_with_a_verdict_per_line(client: APIClient, company: Company, way: str) -> None:
    with recorded_events() as events:
        if way == "body":
            answer = client.post(import_url(company), CSV, content_type="text/csv; charset=utf-8")
        else:
            file = SimpleUploadedFile("people.csv", CSV)
            answer = client.post(import_url(company), {"file": file}, format="multipart")
    assert answer.status_code == 200
    report = answer.json()
    assert (report["applied"], report["created"], report["exists"], report["refused"]) == (True, 2, 0, 1)
    assert report["lines"][1] == {
        "line": 3,
        "verdict": "refused",
        "email": "nobody",
        "field": "email",
        "code": "invalid",
        "message": "Enter a valid email address.",
    }
    assert len(events.of(EmployeeCreatedEvent)) == 2


def test_a_dry_run_of_a_csv_writes_nothing(client: APIClient, company: Company) -> None:
    with recorded_events() as events:
        answer = client.post(import_url(company, "&dry_run=true"), CSV, content_type="text/csv")
    assert (answer.status_code, answer.json()["applied"], answer.json()["created"]) == (200, False, 2)
    assert not events
    assert not Employee.unscoped.exists()


def test_an_atomic_csv_with_a_refusal_is_refused(client: APIClient, company: Company) -> None:
    with recorded_events() as events:
        answer = client.post(import_url(company, "&atomic=true"), CSV, content_type="text/csv")
    assert (answer.status_code, answer.json()["code"]) == (400, "import_refused")
    assert list(answer.json()["errors"]) == ["lines.3.email"]
    assert not events
    assert not Employee.unscoped.exists()


@pytest.mark.parametrize(
    ("content", "content_type", "refusal"),
    [
        (b"", "text/csv", (400, "invalid")),
        (b"\n", "text/csv", (400, "empty_file")),
        (b"email,shoe_size\n", "text/csv", (400, "unknown_column")),
        (b"x" * (MAX_BYTES + 1), "text/csv", (413, "too_large")),
        (json.dumps({"file": "x"}).encode(), "application/json", (415, "unsupported_media_type")),
    ],
)
def test_a_useless_upload_is_refused(
    client: APIClient, company: Company, content: bytes, content_type: str, refusal: tuple[int, str]
) -> None:
    answer = client.post(import_url(company), content, content_type=content_type)
    assert (answer.status_code, answer.json()["code"]) == refusal


def test_an_oversized_upload_in_a_form_is_refused(client: APIClient, company: Company) -> None:
    file = SimpleUploadedFile("people.csv", b"x" * (MAX_BYTES + 1))
    answer = client.post(import_url(company), {"file": file}, format="multipart")
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_an_import_needs_an_organization_of_the_tenant(client: APIClient, company: Company) -> None:
    foreign = found_company("Elsewhere")
    assert client.post(import_url(foreign), CSV, content_type="text/csv").status_code == 404
    missing = client.post(f"{URL}/import", CSV, content_type="text/csv")
    assert (missing.status_code, list(missing.json()["errors"])) == (400, ["organization_id"])
