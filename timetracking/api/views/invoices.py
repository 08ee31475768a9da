from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from gauzy.rest.views import View, ViewSet
from gauzy.tenancy.roles import ADMINS
from timetracking.api.serializers.invoices import (
    InvoiceInput,
    InvoiceIssueInput,
    InvoiceOutput,
    InvoicePaymentInput,
    InvoicePreviewOutput,
    InvoiceQuery,
    InvoiceVoidInput,
    preview_of,
)
from timetracking.billing import Discount
from timetracking.choices import InvoiceGrouping
from timetracking.documents import render_pdf
from timetracking.rounding import Direction
from timetracking.selectors.invoices import Wanted, get_invoice, invoices
from timetracking.selectors.papers import document_of
from timetracking.services import invoices as services
from timetracking.services.drafting import Terms


class InvoiceViewSet(ViewSet):
    """Invoices of approved time, for those who may see amounts: owners and administrators."""

    roles = dict.fromkeys(("list", "create", "preview", "retrieve", "issue", "pay", "void"), ADMINS)
    queries = {"list": InvoiceQuery}
    inputs = {
        "create": InvoiceInput,
        "preview": InvoiceInput,
        "issue": InvoiceIssueInput,
        "pay": InvoicePaymentInput,
        "void": InvoiceVoidInput,
    }
    outputs = dict.fromkeys(roles, InvoiceOutput) | {"preview": InvoicePreviewOutput}

    def list(self, request: Request) -> Response:
        return self.page(invoices(**self.query))

    def preview(self, request: Request) -> Response:
        """Compute what an invoice would come to now. Nothing is written."""
        wanted, terms, _ = _read(self.read())
        return self.reply(preview_of(services.preview_invoice(wanted=wanted, terms=terms)))

    def create(self, request: Request) -> Response:
        """Make a draft of approved, billable time, which no other invoice can have from now on."""
        wanted, terms, notes = _read(self.read())
        return self._reply(services.create_invoice(wanted=wanted, terms=terms, notes=notes).pk)

    def retrieve(self, request: Request, invoice_id: UUID) -> Response:
        return self._reply(invoice_id)

    def issue(self, request: Request, invoice_id: UUID) -> Response:
        """Give a draft its number, the next of the year; from now on it is a snapshot."""
        services.issue_invoice(invoice_id=invoice_id, **self.read())
        return self._reply(invoice_id)

    def pay(self, request: Request, invoice_id: UUID) -> Response:
        """Record a payment, in full or in part."""
        services.record_payment(invoice_id=invoice_id, **self.read())
        return self._reply(invoice_id)

    def void(self, request: Request, invoice_id: UUID) -> Response:
        """Free the time and keep the number. A draft is given up in this way too."""
        services.void_invoice(invoice_id=invoice_id, **self.read())
        return self._reply(invoice_id)

    def _reply(self, invoice_id: UUID) -> Response:
        return self.reply(get_invoice(invoice_id))


class PdfRenderer(JSONRenderer):
    """Lets callers ask for application/pdf. The view answers by itself; what is rendered here are refusals, as JSON."""

    media_type = "application/pdf"
    format = "pdf"


class InvoicePdfView(View):
    """An invoice as PDF, across which a draft or void one says so."""

    roles = {"get": ADMINS}
    renderer_classes = (JSONRenderer, PdfRenderer)

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, invoice_id: UUID) -> HttpResponse:
        invoice = get_invoice(invoice_id)
        headers = {"Content-Disposition": f'inline; filename="invoice-{invoice}.pdf"'}
        return HttpResponse(render_pdf(document_of(invoice)), content_type="application/pdf", headers=headers)


def _read(values: dict[str, Any]) -> tuple[Wanted, Terms, str]:
    wanted = Wanted(
        client_id=values["client_id"],
        currency=values.get("currency", ""),
        first_day=values.get("first_day"),
        last_day=values.get("last_day"),
        time_log_ids=frozenset(values.get("time_log_ids", ())),
    )
    terms = Terms(
        group_by=InvoiceGrouping(values["group_by"]),
        tax_percent=values["tax_percent"],
        taxes={tax["project_id"]: tax["percent"] for tax in values.get("taxes", ())},
        discount=Discount(percent=values["discount_percent"], amount=values.get("discount_amount")),
        round_to=values["round_to"],
        rounding=Direction(values["rounding"]),
    )
    return wanted, terms, values.get("notes", "")
