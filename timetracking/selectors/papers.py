"""Invoices as they stand on paper."""

from collections.abc import Iterator
from decimal import Decimal

from gauzy.organizations.currencies import DIGITS
from timetracking.choices import InvoiceStatus
from timetracking.documents import DocumentLine, InvoiceDocument
from timetracking.intervals import format_duration
from timetracking.models import Invoice, InvoiceLine
from timetracking.money import quantize

_MARKS = {InvoiceStatus.DRAFT: "DRAFT", InvoiceStatus.VOID: "VOID"}


def document_of(invoice: Invoice) -> InvoiceDocument:
    """Return what is printed: of a draft what would be, of an issued invoice its snapshot."""
    is_draft = not invoice.number
    return InvoiceDocument(
        number=invoice.number,
        seller=invoice.organization.name if is_draft else invoice.seller_name,
        buyer=invoice.client.name if is_draft else invoice.client_name,
        buyer_address=invoice.client.address if is_draft else invoice.client_address,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        currency=invoice.currency,
        lines=[_line(line, invoice.currency) for line in invoice.lines.all()],
        sums=list(_sums(invoice)),
        notes=invoice.notes,
        mark=_MARKS.get(InvoiceStatus(invoice.status), ""),
    )


def _line(line: InvoiceLine, currency: str) -> DocumentLine:
    return DocumentLine(
        description=line.description,
        hours=format_duration(line.seconds),
        rate=_rate(line.hourly_rate, currency),
        amount=_amount(line.amount, currency),
    )


def _sums(invoice: Invoice) -> Iterator[tuple[str, str]]:
    currency = invoice.currency
    yield "Subtotal", _amount(invoice.subtotal, currency)
    if invoice.discount:
        yield "Discount", f"-{_amount(invoice.discount, currency)}"
    for tax in invoice.taxes.all():
        if tax.percent:
            yield f"Tax {tax.percent.normalize():f} % of {_amount(tax.base, currency)}", _amount(tax.amount, currency)
    yield "Total", f"{_amount(invoice.total, currency)} {currency}"


def _amount(amount: Decimal, currency: str) -> str:
    return f"{quantize(amount, currency):,}"


def _rate(rate: Decimal, currency: str) -> str:
    """Return a rate with all its digits, and at least those of the currency."""
    shown = rate.normalize()
    exponent = shown.as_tuple().exponent
    digits = max(DIGITS[currency], -exponent if isinstance(exponent, int) else 0)
    return f"{shown:,.{digits}f}"
