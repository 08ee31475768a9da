from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html_join

from gauzy.site.fields import long_text_field, text_field
from gauzy.site.html import chip, link
from gauzy.site.navigation import Entry, Task
from gauzy.site.parts import Card
from gauzy.site.unfolded import DialogForm, dialog_action, page_action
from timetracking import money
from timetracking.admin.base import ActedOnAdmin
from timetracking.admin.draft_page import draft_page
from timetracking.admin.filters import OverdueFilter
from timetracking.choices import InvoiceStatus
from timetracking.documents import render_pdf
from timetracking.intervals import format_duration
from timetracking.models import Invoice
from timetracking.selectors.glance import overdue_invoices
from timetracking.selectors.invoices import get_invoice, invoices
from timetracking.selectors.papers import document_of
from timetracking.services import invoices as services

_TONES = {
    InvoiceStatus.DRAFT: "",
    InvoiceStatus.ISSUED: "info",
    InvoiceStatus.PARTIALLY_PAID: "warning",
    InvoiceStatus.PAID: "good",
    InvoiceStatus.VOID: "danger",
}
_FITTING: dict[InvoiceStatus, Collection[str]] = {
    InvoiceStatus.DRAFT: ("issue", "void"),
    InvoiceStatus.ISSUED: ("pay", "void"),
    InvoiceStatus.PARTIALLY_PAID: ("pay",),
    InvoiceStatus.PAID: (),
    InvoiceStatus.VOID: (),
}


class IssueForm(DialogForm):
    due_in_days = forms.IntegerField(min_value=0, max_value=365, initial=14, label="Due in days")


class PaymentForm(DialogForm):
    amount = forms.DecimalField(max_digits=18, decimal_places=4)
    paid_on = forms.DateField(label="Paid on", help_text="Such as 2026-03-31.")
    reference = text_field(max_length=200, required=False)


class VoidForm(DialogForm):
    reason = long_text_field(max_length=500)


@admin.register(Invoice)
class InvoiceAdmin(ActedOnAdmin):
    """Invoices with their lines; what they are made of is on the page of the draft."""

    navigation = (
        Entry(Task.ORGANIZATION, "Invoices", "receipt_long", "timetracking_invoice_changelist"),
        Entry(
            Task.ORGANIZATION,
            "Draft an invoice",
            "request_quote",
            "timetracking_invoice_draft",
            "timetracking.change_invoice",
        ),
    )
    empty_hint = "Draft one of approved, billable time."
    list_display = ("title", "client", "status_chip", "total_shown", "open_shown", "issued_on", "due_on", "pdf")
    list_display_links = ("title",)
    list_filter = ("status", OverdueFilter, "organization")
    search_fields = ("number", "client_name", "client__name")
    ordering = ("-id",)
    actions_list = ("draft",)
    actions_detail = ("issue", "pay", "void")
    _parts = ("lines_shown", "taxes_shown", "subtotal_shown", "discount_shown", "total_shown", "open_shown")
    _life = ("issued_on", "due_on", "payments_shown", "voided_at", "void_reason", "created_at", "id")
    fieldsets = (
        (None, {"fields": ("title", "client", "status_chip", "pdf")}),
        ("Lines", {"fields": _parts}),
        ("Record", {"fields": (*_life, "notes")}),
    )
    readonly_fields = ("title", "client", "status_chip", "pdf", *_parts, *_life, "notes")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invoice]:
        return invoices()

    def get_urls(self) -> list[URLPattern]:
        page = path("<uuid:invoice_id>/pdf", self.admin_site.admin_view(self.show_pdf), name="timetracking_invoice_pdf")
        return [page, *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def show_pdf(self, request: HttpRequest, invoice_id: UUID) -> HttpResponse:
        """Answer with the paper."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        invoice = get_invoice(invoice_id)
        headers = {"Content-Disposition": f'inline; filename="invoice-{invoice}.pdf"'}
        return HttpResponse(render_pdf(document_of(invoice)), content_type="application/pdf", headers=headers)

    def cards(self, request: HttpRequest) -> Iterable[Card]:
        """Say how many invoices should have been paid by now."""
        late = overdue_invoices(timezone.now()).count()
        page = reverse("admin:timetracking_invoice_changelist") + "?overdue=yes"
        return [Card("Overdue", late, "invoices not paid in time", page, "receipt_long", "danger" if late else "good")]

    # --- columns ------------------------------------------------------------------------------------------------------

    @admin.display(description="number", ordering="number")
    def title(self, invoice: Invoice) -> str:
        return str(invoice)

    @admin.display(description="status", ordering="status")
    def status_chip(self, invoice: Invoice) -> str:
        status = InvoiceStatus(invoice.status)
        return chip(status.label, _TONES[status])

    @admin.display(description="total", ordering="total")
    def total_shown(self, invoice: Invoice) -> str:
        return _money(invoice, invoice.total)

    @admin.display(description="subtotal")
    def subtotal_shown(self, invoice: Invoice) -> str:
        return _money(invoice, invoice.subtotal)

    @admin.display(description="discount")
    def discount_shown(self, invoice: Invoice) -> str:
        return _money(invoice, invoice.discount)

    @admin.display(description="open")
    def open_shown(self, invoice: Invoice) -> str:
        return _money(invoice, invoice.total - invoice.paid)

    @admin.display(description="lines")
    def lines_shown(self, invoice: Invoice) -> str:
        rows = [
            (
                line.description,
                format_duration(line.seconds),
                f"{line.hourly_rate.normalize():f}",
                _money(invoice, line.amount),
            )
            for line in invoice.lines.all()
        ]
        return format_html_join("\n", "<p>{} · {} × {} = {}</p>", rows)

    @admin.display(description="taxes")
    def taxes_shown(self, invoice: Invoice) -> str:
        rows = [
            (f"{tax.percent.normalize():f}", _money(invoice, tax.base), _money(invoice, tax.amount))
            for tax in invoice.taxes.all()
        ]
        return format_html_join("\n", "<p>{} % of {}: {}</p>", rows)

    @admin.display(description="payments")
    def payments_shown(self, invoice: Invoice) -> str:
        rows = [(one.paid_on, _money(invoice, one.amount), one.reference) for one in invoice.payments.all()]
        return format_html_join("\n", "<p>{}: {} {}</p>", rows) or "none"

    @admin.display(description="PDF")
    def pdf(self, invoice: Invoice) -> str:
        return link(reverse("admin:timetracking_invoice_pdf", args=(invoice.pk,)), "PDF")

    # --- actions ------------------------------------------------------------------------------------------------------

    def fitting_actions(self, obj: Invoice) -> Collection[str]:
        """Return what the invoice's state allows."""
        return _FITTING[InvoiceStatus(obj.status)]

    @page_action(label="Draft an invoice", icon="request_quote", permissions=["change"], path="draft")
    def draft(self, request: HttpRequest) -> HttpResponse:
        return draft_page(self, request)

    @dialog_action(
        label="Issue",
        question="It gets the next number of the year, and is a snapshot from then on.",
        icon="task_alt",
        permissions=["change"],
        form=IssueForm,
    )
    def issue(self, request: HttpRequest, form: IssueForm, object_id: str) -> HttpResponse:
        invoice, days = self.get_object(request, object_id), form.cleaned_data["due_in_days"]
        return self.carry_out(
            request,
            object_id,
            lambda: services.issue_invoice(invoice_id=invoice.pk, due_in_days=days),
            done="The invoice is issued.",
        )

    @dialog_action(
        label="Record payment",
        question="In full or in part; what is open is shown on the page.",
        icon="payments",
        permissions=["change"],
        form=PaymentForm,
    )
    def pay(self, request: HttpRequest, form: PaymentForm, object_id: str) -> HttpResponse:
        invoice = self.get_object(request, object_id)
        payment = {name: form.cleaned_data[name] for name in ("amount", "paid_on", "reference")}
        return self.carry_out(
            request,
            object_id,
            lambda: services.record_payment(invoice_id=invoice.pk, **payment),
            done="The payment is recorded.",
        )

    @dialog_action(
        label="Make void",
        question="Its time may be invoiced again; a number it has is kept.",
        icon="block",
        permissions=["change"],
        form=VoidForm,
        variant="danger",
    )
    def void(self, request: HttpRequest, form: VoidForm, object_id: str) -> HttpResponse:
        invoice, reason = self.get_object(request, object_id), form.cleaned_data["reason"]
        return self.carry_out(
            request,
            object_id,
            lambda: services.void_invoice(invoice_id=invoice.pk, reason=reason),
            done="The invoice is void.",
        )


def _money(invoice: Invoice, amount: Any) -> str:
    return f"{money.quantize(amount, invoice.currency):,} {invoice.currency}"
