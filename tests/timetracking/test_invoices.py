"""DOMAIN §6: from approved time to a paid invoice."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from employees.models import Employee
from gauzy.eventbus.testing import recorded_events
from gauzy.organizations.services import create_organization, update_organization
from tests.factories.billing import MONDAY, NINE, approve_week, client_of, log_of, project_of
from tests.factories.people import Company, acting_for, found_company, hire
from timetracking.billing import Discount
from timetracking.choices import InvoiceGrouping, InvoiceStatus, TimesheetStatus
from timetracking.events import InvoiceCreatedEvent, InvoiceIssuedEvent, InvoicePaidEvent, InvoiceVoidedEvent
from timetracking.exceptions import (
    BadAmount,
    InvoiceNotFound,
    InvoiceState,
    NothingToInvoice,
    NotInvoiceable,
    PaymentTooLarge,
    PeriodLocked,
    ReasonRequired,
    SeveralCurrencies,
    TimeInvoiced,
)
from timetracking.intervals import Interval
from timetracking.models import Client, Invoice, InvoiceCounter, Project, Timesheet
from timetracking.rounding import Direction
from timetracking.selectors.invoices import Wanted, get_invoice, require_not_invoiced
from timetracking.services import invoices as services
from timetracking.services.drafting import Terms
from timetracking.services.logs import delete_time_log, update_time_log
from timetracking.services.timesheets import reopen_timesheet

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return found_company()


@pytest.fixture
def employee(company: Company) -> Employee:
    employee = hire(company)
    approve_week(employee)
    return employee


@pytest.fixture
def client(company: Company) -> Client:
    return client_of(company, address="Main Street 1")


@pytest.fixture
def project(client: Client) -> Project:
    return project_of(client)


def bill(client: Client, terms: Terms | None = None, **wanted: Any) -> Invoice:
    return services.create_invoice(wanted=Wanted(client_id=client.pk, **wanted), terms=terms or Terms())


@pytest.mark.rule("invoices.source")
def test_an_invoice_is_made_of_approved_billable_time(
    company: Company, employee: Employee, client: Client, project: Project
) -> None:
    log_of(employee, project, hours=2)
    log_of(employee, project, start=NINE + timedelta(hours=5), is_billable=False)
    log_of(employee, project, start=NINE + timedelta(days=7))  # nobody approved that week
    log_of(employee, project, start=NINE + timedelta(days=1), rate_amount=None, rate_currency="", rate_origin="")
    log_of(employee, project, start=NINE + timedelta(days=2), deleted_at=NINE)
    log_of(employee, project_of(client_of(company, name="Another client")), start=NINE + timedelta(days=3))
    with acting_for(company), recorded_events() as events:
        invoice = bill(client, Terms(tax_percent=Decimal(19)))
        [line] = invoice.lines.all()
        assert (line.seconds, line.amount, invoice.total) == (7_200, 200, Decimal("238.00"))
        assert (invoice.status, invoice.number) == (InvoiceStatus.DRAFT, "")
        [event] = events.of(InvoiceCreatedEvent)
    assert event.invoice_id == invoice.id


@pytest.mark.rule("invoices.source")
def test_time_that_is_only_submitted_is_not_billed(company: Company, client: Client, project: Project) -> None:
    employee = hire(company)
    approve_week(employee, status=TimesheetStatus.SUBMITTED)
    log_of(employee, project)
    with acting_for(company), pytest.raises(NothingToInvoice):
        bill(client)


@pytest.mark.rule("time.two-periods")
def test_a_log_over_two_periods_is_billable_when_both_are_approved(
    company: Company, employee: Employee, client: Client, project: Project
) -> None:
    log_of(employee, project, start=datetime(2026, 3, 8, 23, tzinfo=UTC), hours=2)
    with acting_for(company), pytest.raises(NothingToInvoice):
        bill(client)
    approve_week(employee, MONDAY + timedelta(days=7))
    with acting_for(company):
        assert bill(client).total == 200


@pytest.mark.rule("money.currencies", "invoices.source")
def test_currencies_are_never_billed_together(
    company: Company, employee: Employee, client: Client, project: Project
) -> None:
    log_of(employee, project)
    log_of(employee, project, start=NINE + timedelta(hours=3), rate_currency="JPY")
    with acting_for(company):
        with pytest.raises(SeveralCurrencies, match="EUR, JPY"):
            bill(client)
        assert [bill(client, currency=code).total for code in ("EUR", "JPY")] == [100, 100]


@pytest.mark.rule("invoices.once")
def test_a_log_is_on_at_most_one_live_invoice(
    company: Company, employee: Employee, client: Client, project: Project
) -> None:
    log = log_of(employee, project)
    with acting_for(company):
        bill(client)
        with pytest.raises(NothingToInvoice):
            bill(client)
        with pytest.raises(NotInvoiceable) as refused:
            bill(client, time_log_ids=frozenset({log.pk}))
    assert refused.value.fields == {"time_log_ids": [str(log.pk)]}


@pytest.mark.rule("invoices.preview")
def test_a_preview_is_what_the_invoice_will_be_and_writes_nothing(
    company: Company, employee: Employee, client: Client, project: Project
) -> None:
    log_of(employee, project)
    terms = Terms(tax_percent=Decimal(7), discount=Discount(percent=Decimal(10)))
    with acting_for(company), recorded_events() as events:
        preview = services.preview_invoice(wanted=Wanted(client_id=client.pk), terms=terms)
        assert (Invoice.objects.count(), list(events)) == (0, [])
        assert bill(client, terms).total == preview.calculation.total.amount == Decimal("96.30")


@pytest.mark.rule("rounding.reports")
def test_lines_are_grouped_and_rounded_and_the_logs_stay_as_they_are(
    company: Company, employee: Employee, client: Client, project: Project
) -> None:
    log = log_of(employee, project, hours=0.9)
    log_of(employee, project, start=NINE + timedelta(hours=3), description="Meeting")
    terms = Terms(group_by=InvoiceGrouping.LOG, round_to=900, rounding=Direction.UP)
    with acting_for(company):
        invoice = bill(client, terms)
        assert [line.seconds for line in invoice.lines.all()] == [3_600, 3_600]
        log.refresh_from_db()
        assert log.seconds == 3_240


def test_days_of_the_selection_are_the_organizations(
    company: Company, employee: Employee, client: Client, project: Project
) -> None:
    log_of(employee, project, start=NINE + timedelta(hours=14))  # 23:00 UTC: Tuesday in Tokyo
    log_of(employee, project, start=NINE + timedelta(days=1), hours=2)
    log_of(employee, project, start=NINE + timedelta(days=1, hours=6), hours=4)  # Wednesday there
    with acting_for(company):
        update_organization(organization_id=company.organization.id, values={"time_zone": "Asia/Tokyo"})
        tuesday = MONDAY + timedelta(days=1)
        assert bill(client, first_day=tuesday, last_day=tuesday).total == 300


@pytest.mark.rule("invoices.numbers")
def test_numbers_are_gapless_per_organization_and_year(
    company: Company, employee: Employee, client: Client, project: Project
) -> None:
    with acting_for(company), recorded_events() as events:
        numbers = []
        for day in range(3):
            log_of(employee, project, start=NINE + timedelta(days=day))
            numbers.append(services.issue_invoice(invoice_id=bill(client).pk).number)
        year = Invoice.objects.latest("id").year
    assert numbers == [f"{year}-0001", f"{year}-0002", f"{year}-0003"]
    assert [event.number for event in events.of(InvoiceIssuedEvent)] == numbers


@pytest.mark.rule("invoices.numbers")
def test_each_organization_and_each_year_counts_from_one(
    company: Company, employee: Employee, client: Client, project: Project
) -> None:
    with acting_for(company):
        branch = create_organization(name="Branch")
        last_year = datetime.now(UTC).year - 1
        InvoiceCounter.objects.create(organization=company.organization, year=last_year, last_number=7)
    colleague, other = hire(company, organization_id=branch.id), client_of(company, organization_id=branch.id)
    approve_week(colleague)
    log_of(colleague, project_of(other))
    log_of(employee, project)
    with acting_for(company):
        issued = [services.issue_invoice(invoice_id=bill(one).pk) for one in (client, other)]
    assert [invoice.sequence for invoice in issued] == [1, 1]
    assert {invoice.number for invoice in issued} == {f"{issued[0].year}-0001"}


@pytest.mark.rule("invoices.numbers")
def test_a_failed_issue_consumes_no_number(
    company: Company, employee: Employee, client: Client, project: Project
) -> None:
    log_of(employee, project)
    with acting_for(company):
        invoice = bill(client)
        services.void_invoice(invoice_id=invoice.pk, reason="wrong terms")
        with pytest.raises(InvoiceState):
            services.issue_invoice(invoice_id=invoice.pk)
        assert InvoiceCounter.objects.count() == 0
        assert services.issue_invoice(invoice_id=bill(client).pk).sequence == 1


def test_issuing_twice_changes_nothing(company: Company, employee: Employee, client: Client, project: Project) -> None:
    log_of(employee, project)
    with acting_for(company), recorded_events() as events:
        invoice = bill(client)
        first, second = (services.issue_invoice(invoice_id=invoice.pk) for _ in range(2))
    assert first.number == second.number
    assert len(events.of(InvoiceIssuedEvent)) == 1


@pytest.mark.rule("invoices.snapshot")
def test_an_issued_invoice_is_a_snapshot(
    company: Company, employee: Employee, client: Client, project: Project
) -> None:
    log = log_of(employee, project)
    with acting_for(company):
        invoice = services.issue_invoice(invoice_id=bill(client).pk)
        client.name, project.name, log.rate_amount = "Renamed", "Other", Decimal(1)
        for row in (client, project, log):
            row.save()
        update_organization(organization_id=company.organization.id, values={"name": "Renamed"})
        again = get_invoice(invoice.pk)
        assert again.seller_name == company.organization.name != "Renamed"
        assert (again.client_name, again.client_address, again.total) == ("Initech", "Main Street 1", 100)
        assert [line.description for line in again.lines.all()] == ["Site"]


@pytest.mark.rule("invoices.states")
def test_payments_lead_to_partially_paid_and_paid(
    company: Company, employee: Employee, client: Client, project: Project
) -> None:
    log_of(employee, project)
    with acting_for(company), recorded_events() as events:
        invoice = services.issue_invoice(invoice_id=bill(client).pk)
        states = [
            services.record_payment(invoice_id=invoice.pk, amount=amount, paid_on=date(2026, 4, 1)).status
            for amount in (Decimal("40.00"), Decimal("60.00"))
        ]
        assert states == [InvoiceStatus.PARTIALLY_PAID, InvoiceStatus.PAID]
        assert [event.in_full for event in events.of(InvoicePaidEvent)] == [False, True]
        assert [payment.amount for payment in invoice.payments.order_by("id")] == [40, 60]
        with pytest.raises(InvoiceState):
            services.record_payment(invoice_id=invoice.pk, amount=Decimal(1), paid_on=date(2026, 4, 2))


@pytest.mark.parametrize(
    ("amount", "refusal"), [("100.01", PaymentTooLarge), ("0", BadAmount), ("-1", BadAmount), ("0.001", BadAmount)]
)
def test_a_payment_is_an_amount_of_the_currency_and_no_more_than_is_open(
    *, company: Company, employee: Employee, client: Client, project: Project, amount: str, refusal: type[Exception]
) -> None:
    log_of(employee, project)
    with acting_for(company):
        invoice = services.issue_invoice(invoice_id=bill(client).pk)
        with pytest.raises(refusal):
            services.record_payment(invoice_id=invoice.pk, amount=Decimal(amount), paid_on=date(2026, 4, 1))


@pytest.mark.rule("invoices.states")
def test_voiding_frees_the_logs_and_keeps_the_number(
    company: Company, employee: Employee, client: Client, project: Project
) -> None:
    log_of(employee, project)
    with acting_for(company), recorded_events() as events:
        invoice = services.issue_invoice(invoice_id=bill(client).pk)
        voided = services.void_invoice(invoice_id=invoice.pk, reason="wrong client")
        services.void_invoice(invoice_id=invoice.pk, reason="again")
        assert (voided.status, voided.number, voided.void_reason) == ("void", invoice.number, "wrong client")
        assert len(events.of(InvoiceVoidedEvent)) == 1
        assert services.issue_invoice(invoice_id=bill(client).pk).sequence == 2


@pytest.mark.rule("invoices.states")
def test_voiding_needs_a_reason_and_is_refused_once_something_is_paid(
    company: Company, employee: Employee, client: Client, project: Project
) -> None:
    log_of(employee, project)
    with acting_for(company):
        invoice = services.issue_invoice(invoice_id=bill(client).pk)
        with pytest.raises(ReasonRequired):
            services.void_invoice(invoice_id=invoice.pk, reason=" ")
        services.record_payment(invoice_id=invoice.pk, amount=Decimal(1), paid_on=date(2026, 4, 1))
        with pytest.raises(InvoiceState):
            services.void_invoice(invoice_id=invoice.pk, reason="too late")


MOVES = {
    "issue": {"draft", "issued", "partially_paid"},
    "pay": {"issued", "partially_paid"},
    "void": {"draft", "issued", "void"},
}


@pytest.mark.rule("invoices.states")
@pytest.mark.parametrize("status", InvoiceStatus.values)
@pytest.mark.parametrize("move", MOVES)
def test_every_other_move_is_refused(
    *, company: Company, employee: Employee, client: Client, project: Project, status: str, move: str
) -> None:
    log_of(employee, project)
    with acting_for(company):
        invoice = bill(client)
        if status != "draft":
            services.issue_invoice(invoice_id=invoice.pk)
        if status in {"partially_paid", "paid"}:
            amount = Decimal(100 if status == "paid" else 50)
            services.record_payment(invoice_id=invoice.pk, amount=amount, paid_on=MONDAY)
        if status == "void":
            services.void_invoice(invoice_id=invoice.pk, reason="test")
        moves = {
            "issue": lambda: services.issue_invoice(invoice_id=invoice.pk),
            "pay": lambda: services.record_payment(invoice_id=invoice.pk, amount=Decimal(1), paid_on=MONDAY),
            "void": lambda: services.void_invoice(invoice_id=invoice.pk, reason="test"),
        }
        if status in MOVES[move]:
            moves[move]()
        else:
            with pytest.raises(InvoiceState):
                moves[move]()


@pytest.mark.rule("timesheets.invoiced")
def test_a_period_with_invoiced_time_is_known_until_the_invoice_is_void(
    company: Company, employee: Employee, client: Client, project: Project
) -> None:
    log_of(employee, project)
    week = Interval(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC))
    with acting_for(company):
        require_not_invoiced(employee.pk, week)
        invoice = bill(client)
        with pytest.raises(TimeInvoiced):
            require_not_invoiced(employee.pk, week)
        services.void_invoice(invoice_id=invoice.pk, reason="reopen")
        require_not_invoiced(employee.pk, week)


def test_an_invoice_of_another_tenant_is_unknown(
    company: Company, employee: Employee, client: Client, project: Project
) -> None:
    log_of(employee, project)
    with acting_for(company):
        invoice = bill(client)
    with acting_for(found_company("Other")), pytest.raises(InvoiceNotFound):
        services.issue_invoice(invoice_id=invoice.pk)


def test_the_number_of_queries_does_not_depend_on_the_logs(
    company: Company, employee: Employee, client: Client, project: Project, django_assert_max_num_queries: Any
) -> None:
    for day in range(5):
        for hour in range(0, 16, 2):
            log_of(employee, project, start=datetime(2026, 3, 2 + day, hour, tzinfo=UTC))
    with acting_for(company), django_assert_max_num_queries(26):
        assert bill(client).total == 4_000


@pytest.mark.rule("timesheets.invoiced")
def test_a_period_with_a_log_on_a_live_invoice_cannot_be_reopened(
    company: Company, employee: Employee, client: Client, project: Project
) -> None:
    log_of(employee, project)
    with acting_for(company):
        sheet = Timesheet.objects.get()
        invoice = bill(client)
        with pytest.raises(TimeInvoiced):
            reopen_timesheet(timesheet_id=sheet.pk, reason="forgot something")
        services.void_invoice(invoice_id=invoice.pk, reason="reopen")
        assert reopen_timesheet(timesheet_id=sheet.pk, reason="forgot something").status == TimesheetStatus.OPEN


@pytest.mark.rule("timesheets.invoiced")
def test_invoiced_time_stays_locked(company: Company, employee: Employee, client: Client, project: Project) -> None:
    log = log_of(employee, project)
    with acting_for(company):
        bill(client)
        with pytest.raises(PeriodLocked):
            update_time_log(time_log_id=log.pk, values={"description": "other"})
        with pytest.raises(PeriodLocked):
            delete_time_log(time_log_id=log.pk)
