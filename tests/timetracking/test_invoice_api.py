"""Invoices over HTTP, and on paper."""

from typing import Any

import pytest

from employees.models import Employee
from gauzy.tenancy.choices import Role
from tests.factories.billing import approve_week, client_of, log_of, project_of
from tests.factories.people import Company, acting_for, found_company, hire
from tests.factories.platform import new_member, token_client
from timetracking.models import Client
from timetracking.selectors.invoices import get_invoice
from timetracking.selectors.papers import document_of

pytestmark = pytest.mark.django_db
INVOICES = "/api/v1/invoices"


@pytest.fixture
def company() -> Company:
    return found_company()


@pytest.fixture
def employee(company: Company) -> Employee:
    employee = hire(company)
    approve_week(employee)
    return employee


@pytest.fixture
def client(company: Company, employee: Employee) -> Client:
    client = client_of(company)
    log_of(employee, project_of(client), hours=1.5)
    return client


def post(api: Any, path: str, **body: Any) -> Any:
    return api.post(path, body, format="json")


def test_an_invoice_goes_its_way(company: Company, client: Client) -> None:
    api = token_client(company.owner)
    body = {"client_id": str(client.pk), "tax_percent": "19", "discount_percent": "10"}
    preview = post(api, f"{INVOICES}/preview", **body)
    assert preview.status_code == 200
    created = post(api, INVOICES, **body)
    assert created.status_code == 201
    draft = created.json()
    shown = ("currency", "lines", "subtotal", "discount", "taxes", "total")
    assert {name: draft[name] for name in shown} == preview.json()
    assert (draft["status"], draft["subtotal"], draft["discount"], draft["total"]) == (
        "draft",
        "150.00",
        "15.00",
        "160.65",
    )
    assert draft["taxes"] == [{"percent": "19", "base": "135.00", "amount": "25.65"}]
    one = f"{INVOICES}/{draft['id']}"
    issued = post(api, f"{one}/issue", due_in_days=30).json()
    assert issued["number"].endswith("-0001")
    paid = post(api, f"{one}/payments", amount="160.65", paid_on="2026-04-01").json()
    assert (paid["status"], paid["paid"]) == ("paid", "160.65")
    refused = post(api, f"{one}/void", reason="too late")
    assert (refused.status_code, refused.json()["code"]) == (409, "invoice_state")
    listed = api.get(INVOICES, {"status": "paid"}).json()["results"]
    assert [row["id"] for row in listed] == [draft["id"]]


@pytest.mark.rule("invoices.snapshot")
def test_an_invoice_is_a_pdf_that_is_the_same_each_time(company: Company, client: Client) -> None:
    api = token_client(company.owner)
    draft = post(api, INVOICES, client_id=str(client.pk)).json()
    first, second = (api.get(f"{INVOICES}/{draft['id']}/pdf") for _ in range(2))
    assert first.status_code == 200
    assert first["Content-Type"] == "application/pdf"
    assert first.content.startswith(b"%PDF")
    assert first.content == second.content


def test_a_draft_says_on_paper_that_it_is_one(company: Company, client: Client) -> None:
    api = token_client(company.owner)
    draft = post(api, INVOICES, client_id=str(client.pk)).json()
    with acting_for(company):
        paper = document_of(get_invoice(draft["id"]))
    assert (paper.mark, paper.buyer, paper.number) == ("DRAFT", "Initech", "")
    assert [(line.hours, line.rate, line.amount) for line in paper.lines] == [("1:30:00", "100.00", "150.00")]
    assert paper.sums[-1] == ("Total", "150.00 EUR")


@pytest.mark.rule("rates.visibility")
@pytest.mark.parametrize("role", [Role.MANAGER, Role.EMPLOYEE, Role.VIEWER])
def test_amounts_are_for_owners_and_administrators(company: Company, client: Client, role: Role) -> None:
    api = token_client(new_member(company.owner, role))
    assert api.get(INVOICES).status_code == 403
    assert post(api, INVOICES, client_id=str(client.pk)).status_code == 403


def test_an_invoice_of_another_tenant_is_as_unknown_as_any(company: Company, client: Client) -> None:
    draft = post(token_client(company.owner), INVOICES, client_id=str(client.pk)).json()
    other = token_client(found_company("Other").owner)
    foreign = other.get(f"{INVOICES}/{draft['id']}")
    unknown = other.get(f"{INVOICES}/{client.pk}")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.json()["code"] == unknown.json()["code"] == "invoice_not_found"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"client_id": "x"}, "client_id"),
        ({"tax_percent": "101"}, "tax_percent"),
        ({"status": "paid"}, "status"),
        ({"round_to": -1}, "round_to"),
        ({"first_day": "0001-01-01"}, "first_day"),
        ({"last_day": "9999-12-31"}, "last_day"),
        ({"discount_amount": "1000"}, "discount"),
        ({"discount_amount": "0.001"}, "discount"),
    ],
)
def test_bad_input_is_refused_by_its_field(company: Company, client: Client, change: Any, field: str) -> None:
    answer = post(token_client(company.owner), INVOICES, **({"client_id": str(client.pk)} | change))
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_a_preview_needs_nothing_but_the_client(company: Company, client: Client) -> None:
    answer = post(token_client(company.owner), f"{INVOICES}/preview", client_id=str(client.pk))
    assert (answer.status_code, answer.json()["total"]) == (200, "150.00")
    assert answer.json()["lines"][0]["tax_percent"] == "0"
