"""Invoices at the desk."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from employees.models import Employee
from gauzy.eventbus.testing import recorded_events
from gauzy.tenancy.choices import Role
from tests.factories.billing import NINE, approve_week, client_of, log_of, project_of
from tests.factories.desk import desk_of, page_of, text_of
from tests.factories.people import Company, acting_for, found_company
from tests.factories.platform import new_member
from timetracking.events import InvoiceCreatedEvent
from timetracking.models import Client, Invoice, InvoiceLine, Project
from timetracking.selectors.invoices import Wanted
from timetracking.services.drafting import Terms
from timetracking.services.invoices import create_invoice

pytestmark = pytest.mark.django_db
PRESSED: dict[str, Any] = {"_form_submitted": "on"}  # the button in the dialog
LIST = reverse("admin:timetracking_invoice_changelist")
DRAFT = reverse("admin:timetracking_invoice_draft")


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
    assert 'name="_save"' not in page
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


TERMS = {"group_by": "project", "round_to": "0", "rounding": "nearest", "tax_percent": "19", "discount_percent": "0"}


def draft(desk: Any, client_id: Any, button: str, **values: Any) -> Any:
    return desk.post(DRAFT, TERMS | {"client": str(client_id), button: ""} | values, follow=True)


@pytest.fixture
def billable(company: Company, ada: Employee) -> Client:
    """Return a client with an hour and a half to bill."""
    client = client_of(company)
    approve_week(ada)
    log_of(ada, project_of(client), hours=1.5)
    return client


@pytest.mark.rule("invoices.preview")
def test_a_draft_is_previewed_and_then_made_as_it_was_seen(company: Company, billable: Client) -> None:
    desk = desk_of(company.owner)
    with recorded_events() as events:
        preview = draft(desk, billable.pk, "preview").context["preview"]
        assert preview["sums"][-1] == ("Total", "178.50 EUR")
        assert not events
        made = draft(desk, billable.pk, "create", seen=preview["seen"], notes="Thanks")
    invoice = Invoice.unscoped.get()
    assert made.redirect_chain[-1][0] == page_of(invoice)
    assert (invoice.status, invoice.total, invoice.notes) == ("draft", Decimal("178.50"), "Thanks")
    assert [event.invoice_id for event in events.of(InvoiceCreatedEvent)] == [invoice.pk]


def test_what_was_not_seen_is_not_made(company: Company, ada: Employee, billable: Client) -> None:
    desk = desk_of(company.owner)
    seen = draft(desk, billable.pk, "preview").context["preview"]["seen"]
    log_of(ada, Project.unscoped.get(), start=NINE + timedelta(hours=3))
    again = draft(desk, billable.pk, "create", seen=seen)
    assert "look again" in text_of(again)
    assert not Invoice.unscoped.exists()
    assert draft(desk, billable.pk, "create", seen=again.context["preview"]["seen"]).redirect_chain
    assert Invoice.unscoped.get().total == Decimal("297.50")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"client": ""}, "client"),
        ({"first_day": "soon"}, "first_day"),
        ({"first_day": "0001-01-01"}, "first_day"),
        ({"last_day": "2026-03-01"}, "__all__"),  # nothing was worked until then
        ({"currency": "JPY"}, "__all__"),
        ({"tax_percent": "101"}, "tax_percent"),
        ({"round_to": "7"}, "round_to"),
    ],
)
def test_a_draft_that_cannot_be_is_refused_in_words(
    company: Company, billable: Client, values: dict[str, str], field: str
) -> None:
    answer = draft(desk_of(company.owner), billable.pk, "preview", **values)
    assert list(answer.context["form"].errors) == [field]
    assert not answer.context["preview"]


def test_drafts_are_for_who_sees_amounts_and_clients_of_the_tenant(company: Company, billable: Client) -> None:
    assert draft(desk_of(new_member(company.owner, Role.MANAGER)), billable.pk, "preview").status_code == 403
    foreign = draft(desk_of(found_company("Other").owner), billable.pk, "preview")
    assert list(foreign.context["form"].errors) == ["client"]


def test_nobody_below_administrator_and_no_other_tenant_sees_it(company: Company, invoice: Invoice) -> None:
    pdf = reverse("admin:timetracking_invoice_pdf", args=(invoice.pk,))
    manager = desk_of(new_member(company.owner, Role.MANAGER))
    assert [manager.get(page).status_code for page in (LIST, page_of(invoice), pdf)] == [403, 403, 403]
    assert desk_of(found_company("Other").owner).get(pdf).status_code == 404
