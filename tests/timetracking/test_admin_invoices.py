"""Invoices at the desk."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from employees.models import Employee
from gauzy.tenancy.choices import Role
from tests.factories.billing import approve_week, client_of, log_of, project_of
from tests.factories.desk import desk_of, page_of, text_of
from tests.factories.people import Company, acting_for, found_company
from tests.factories.platform import new_member
from timetracking.models import Invoice, InvoiceLine
from timetracking.selectors.invoices import Wanted
from timetracking.services.drafting import Terms
from timetracking.services.invoices import create_invoice

pytestmark = pytest.mark.django_db
PRESSED: dict[str, Any] = {"_form_submitted": "on"}  # the button in the dialog
LIST = reverse("admin:timetracking_invoice_changelist")


@pytest.fixture
def invoice(company: Company, ada: Employee) -> Invoice:
    client = client_of(company)
    approve_week(ada)
    log_of(ada, project_of(client), hours=1.5)
    with acting_for(company):
        return create_invoice(wanted=Wanted(client_id=client.pk), terms=Terms())


def act(desk: Any, invoice: Invoice, action: str, **values: Any) -> Any:
    address = reverse(f"admin:timetracking_invoice_{action}", args=(invoice.pk,))
    return desk.post(address, PRESSED | values, follow=True)


def test_an_invoice_is_shown_with_its_lines(company: Company, invoice: Invoice) -> None:
    desk = desk_of(company.owner)
    assert "Initech" in text_of(desk.get(LIST))
    page = text_of(desk.get(page_of(invoice)))
    [line] = InvoiceLine.unscoped.filter(invoice=invoice)
    assert f"{line.description} · 1:30:00 × {line.hourly_rate.normalize():f} = 150.00 EUR" in page


def test_the_paper_is_a_click_away(company: Company, invoice: Invoice) -> None:
    answer = desk_of(company.owner).get(reverse("admin:timetracking_invoice_pdf", args=(invoice.pk,)))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_an_invoice_is_issued_paid_and_what_is_moot_is_refused(company: Company, invoice: Invoice) -> None:
    desk = desk_of(company.owner)
    act(desk, invoice, "issue", due_in_days=14)
    act(desk, invoice, "pay", amount="150", paid_on="2026-04-01", reference="")
    invoice.refresh_from_db()
    assert (invoice.status, invoice.sequence) == ("paid", 1)
    act(desk, invoice, "void", reason="too late")
    invoice.refresh_from_db()
    assert invoice.status == "paid"


def test_what_is_not_paid_in_time_is_on_the_dashboard_and_found(company: Company, invoice: Invoice) -> None:
    desk = desk_of(company.owner)
    act(desk, invoice, "issue", due_in_days=0)

    def overdue() -> tuple[Any, int]:
        [card] = [card for card in desk.get(reverse("admin:index")).context["cards"] if card.title == "Overdue"]
        return card.value, len(desk.get(card.url).context["cl"].result_list)

    assert overdue() == (0, 0)
    Invoice.unscoped.filter(pk=invoice.pk).update(due_on=date(2026, 3, 31))
    assert overdue() == (1, 1)
    act(desk, invoice, "pay", amount="150", paid_on="2026-04-01", reference="")
    assert overdue() == (0, 0)


def test_nobody_below_administrator_and_no_other_tenant_sees_it(company: Company, invoice: Invoice) -> None:
    pdf = reverse("admin:timetracking_invoice_pdf", args=(invoice.pk,))
    manager = desk_of(new_member(company.owner, Role.MANAGER))
    assert [manager.get(page).status_code for page in (LIST, page_of(invoice), pdf)] == [403, 403, 403]
    assert desk_of(found_company("Other").owner).get(pdf).status_code == 404
