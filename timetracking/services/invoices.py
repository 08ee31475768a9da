"""Invoices: every write. Whoever makes one locks the ledgers of the employees, whoever changes one its row."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from gauzy import eventbus as bus
from gauzy.organizations.selectors import get_organization
from gauzy.tenancy.validation import clean
from timetracking import money
from timetracking.calendar import local_day, zone_named
from timetracking.choices import InvoiceStatus
from timetracking.events import InvoiceCreatedEvent, InvoiceIssuedEvent, InvoicePaidEvent, InvoiceVoidedEvent
from timetracking.exceptions import (
    BadAmount,
    InvoiceNotFound,
    InvoiceState,
    NotInvoiceable,
    PaymentTooLarge,
    ReasonRequired,
)
from timetracking.models import (
    Invoice,
    InvoiceCounter,
    InvoicedLog,
    InvoiceLine,
    InvoiceTax,
    Payment,
)
from timetracking.selectors.invoices import Wanted, invoiceable_logs
from timetracking.selectors.projects import get_client
from timetracking.services.drafting import Draft, Terms, make_draft
from timetracking.services.ledger import lock_ledgers

OPEN = (InvoiceStatus.ISSUED, InvoiceStatus.PARTIALLY_PAID)


def preview_invoice(*, wanted: Wanted, terms: Terms) -> Draft:
    """Return what `create_invoice` would make now; nothing is written."""
    zone = get_organization(get_client(wanted.client_id).organization_id).time_zone
    return make_draft(invoiceable_logs(wanted), wanted=wanted, terms=terms, time_zone=zone)


@transaction.atomic
def create_invoice(*, wanted: Wanted, terms: Terms, notes: str = "") -> Invoice:
    """Make a draft of the client's time; raise `NothingToInvoice`, `NotInvoiceable` or `SeveralCurrencies`.

    Under the ledgers' locks two who bill the same time queue up, and the second finds it billed.
    """
    client = get_client(wanted.client_id)
    employee_ids = {log.employee_id for log in invoiceable_logs(wanted)}
    lock_ledgers(employee_ids)
    logs = [log for log in invoiceable_logs(wanted) if log.employee_id in employee_ids]
    zone = get_organization(client.organization_id).time_zone
    draft = make_draft(logs, wanted=wanted, terms=terms, time_zone=zone)
    sums = draft.calculation
    invoice = Invoice(
        organization_id=client.organization_id,
        client=client,
        currency=draft.currency,
        subtotal=sums.subtotal.amount,
        discount=sums.discount.amount,
        total=sums.total.amount,
        notes=notes.strip(),
    )
    clean(invoice)
    invoice.save(force_insert=True)
    _save_parts(invoice, draft)
    bus.publish(
        InvoiceCreatedEvent(invoice_id=invoice.id, organization_id=invoice.organization_id, client_id=client.id)
    )
    return invoice


@transaction.atomic
def issue_invoice(*, invoice_id: UUID, due_in_days: int = 14) -> Invoice:
    """Give a draft its number, the next of the organization's year, and freeze what stands on it.

    An invoice that is issued already is left as it is. A failure consumes no number.
    """
    invoice = _lock(invoice_id)
    if invoice.status in OPEN:
        return invoice
    _require(invoice, InvoiceStatus.DRAFT)
    organization, client = invoice.organization, invoice.client
    now = timezone.now().replace(microsecond=0)
    today = local_day(now, zone_named(organization.time_zone))
    invoice.status, invoice.issued_at, invoice.issued_on = InvoiceStatus.ISSUED, now, today
    invoice.due_on = today + timedelta(days=due_in_days)
    invoice.seller_name, invoice.client_name = organization.name, client.name
    invoice.client_address, invoice.client_tax_number = client.address, client.tax_number
    invoice.year, invoice.sequence = today.year, _next_number(organization.pk, today.year)
    invoice.number = f"{invoice.year}-{invoice.sequence:04}"
    invoice.save()
    bus.publish(
        InvoiceIssuedEvent(
            invoice_id=invoice.id,
            organization_id=organization.pk,
            client_id=client.pk,
            number=invoice.number,
            issued_on=today,
        )
    )
    return invoice


@transaction.atomic
def record_payment(*, invoice_id: UUID, amount: Decimal, paid_on: date, reference: str = "") -> Invoice:
    """Count a payment in; raise `BadAmount`, `PaymentTooLarge` or `InvoiceState`."""
    invoice = _lock(invoice_id)
    _require(invoice, *OPEN)
    if amount <= 0 or amount != money.quantize(amount, invoice.currency):
        raise BadAmount(fields={"amount": [BadAmount.message]})
    if amount > invoice.total - invoice.paid:
        raise PaymentTooLarge(fields={"amount": [PaymentTooLarge.message]})
    payment = Payment(invoice=invoice, amount=amount, paid_on=paid_on, reference=reference.strip())
    clean(payment)
    payment.save(force_insert=True)
    invoice.paid += amount
    in_full = invoice.paid == invoice.total
    invoice.status = InvoiceStatus.PAID if in_full else InvoiceStatus.PARTIALLY_PAID
    invoice.save(update_fields=["paid", "status", "updated_at"])
    bus.publish(
        InvoicePaidEvent(
            invoice_id=invoice.id,
            organization_id=invoice.organization_id,
            client_id=invoice.client_id,
            payment_id=payment.id,
            in_full=in_full,
        )
    )
    return invoice


@transaction.atomic
def void_invoice(*, invoice_id: UUID, reason: str) -> Invoice:
    """Make an invoice void: its time is free again, its number is kept. A draft, which has none, is given up so.

    Refused once something is paid; repeating changes nothing.
    """
    invoice = _lock(invoice_id)
    if invoice.status == InvoiceStatus.VOID:
        return invoice
    _require(invoice, InvoiceStatus.DRAFT, InvoiceStatus.ISSUED)
    if not reason.strip():
        raise ReasonRequired(fields={"reason": [ReasonRequired.message]})
    invoice.status, invoice.voided_at = InvoiceStatus.VOID, timezone.now().replace(microsecond=0)
    invoice.void_reason = reason.strip()
    clean(invoice)
    invoice.save(update_fields=["status", "voided_at", "void_reason", "updated_at"])
    InvoicedLog.objects.filter(invoice=invoice).update(is_live=False)
    bus.publish(
        InvoiceVoidedEvent(
            invoice_id=invoice.id,
            organization_id=invoice.organization_id,
            client_id=invoice.client_id,
            number=invoice.number,
            reason=invoice.void_reason,
        )
    )
    return invoice


def _lines(invoice: Invoice, draft: Draft) -> list[InvoiceLine]:
    return [
        InvoiceLine(
            invoice=invoice,
            position=position,
            project_id=group[0].project_id,
            description=line.charge.description,
            seconds=line.charge.seconds,
            hourly_rate=line.charge.hourly_rate,
            tax_percent=line.charge.tax_percent,
            amount=line.amount.amount,
        )
        for position, (line, group) in enumerate(zip(draft.calculation.lines, draft.logs, strict=True), start=1)
    ]


def _save_parts(invoice: Invoice, draft: Draft) -> None:
    """Write lines, taxes and the hold on the logs; raise `NotInvoiceable` if another invoice has one of them."""
    lines = _lines(invoice, draft)
    InvoiceLine.objects.bulk_create(lines)
    taxes = draft.calculation.taxes
    InvoiceTax.objects.bulk_create(
        [
            InvoiceTax(invoice=invoice, percent=tax.percent, base=tax.base.amount, amount=tax.amount.amount)
            for tax in taxes
        ]
    )
    held = [
        InvoicedLog(invoice=invoice, line=line, time_log=log)
        for line, group in zip(lines, draft.logs, strict=True)
        for log in group
    ]
    try:
        with transaction.atomic():
            InvoicedLog.objects.bulk_create(held)
    except IntegrityError as error:
        raise NotInvoiceable from error


def _next_number(organization_id: UUID, year: int) -> int:
    """Take the next number; who issues at the same time waits here until this transaction ends."""
    InvoiceCounter.objects.bulk_create(
        [InvoiceCounter(organization_id=organization_id, year=year)], ignore_conflicts=True
    )
    counter = InvoiceCounter.objects.select_for_update(no_key=True).get(organization_id=organization_id, year=year)
    counter.last_number += 1
    counter.save(update_fields=["last_number"])
    return counter.last_number


def _lock(invoice_id: UUID) -> Invoice:
    found = Invoice.objects.select_for_update(of=("self",), no_key=True).select_related("client", "organization")
    if invoice := found.filter(pk=invoice_id).first():
        return invoice
    raise InvoiceNotFound


def _require(invoice: Invoice, *statuses: InvoiceStatus) -> None:
    if invoice.status not in statuses:
        raise InvoiceState(f"The invoice is {InvoiceStatus(invoice.status).label.lower()}.")
