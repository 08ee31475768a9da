"""A draft of an invoice: client and days, a preview of what it comes to, then the draft."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from gauzy.exceptions import DomainError
from gauzy.site.forms import show_refusal
from timetracking.billing import Discount
from timetracking.choices import InvoiceGrouping
from timetracking.intervals import format_duration
from timetracking.models import Invoice
from timetracking.money import Money
from timetracking.rounding import Direction
from timetracking.selectors.invoices import Wanted
from timetracking.selectors.projects import clients
from timetracking.services.drafting import Draft, Terms
from timetracking.services.invoices import create_invoice, preview_invoice

_STEPS = {0: "Not at all", 60: "To minutes", 300: "To 5 minutes", 360: "To 6 minutes", 900: "To quarters of an hour"}


class DraftForm(forms.Form):
    client: Any = forms.ModelChoiceField(queryset=None)
    first_day = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    currency = forms.CharField(max_length=3, required=False, label="Currency, if the time has several")
    group_by = forms.ChoiceField(choices=InvoiceGrouping.choices, label="A line for each")
    round_to = forms.TypedChoiceField(choices=list(_STEPS.items()), coerce=int, label="Round each log")
    rounding = forms.ChoiceField(
        choices=[(one.value, one.value.title()) for one in Direction], initial=Direction.NEAREST, label="Which way"
    )
    tax_percent = forms.DecimalField(min_value=0, max_value=100, max_digits=7, decimal_places=4, initial=0)
    discount_percent = forms.DecimalField(min_value=0, max_value=100, max_digits=7, decimal_places=4, initial=0)
    notes = forms.CharField(max_length=2000, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["client"]
        field.queryset = clients(archived=False).order_by("name")
        for one in self.fields.values():
            one.widget.attrs["class"] = "gz-input"

    def wanted(self) -> Wanted:
        given = self.cleaned_data
        days = {name: given[name] for name in ("first_day", "last_day")}
        return Wanted(client_id=given["client"].pk, currency=given["currency"].upper(), **days)

    def terms(self) -> Terms:
        given = self.cleaned_data
        return Terms(
            group_by=InvoiceGrouping(given["group_by"]),
            tax_percent=Decimal(given["tax_percent"]),
            discount=Discount(percent=Decimal(given["discount_percent"])),
            round_to=given["round_to"],
            rounding=Direction(given["rounding"]),
        )


def draft_page(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Show the form; on POST show what the draft would come to, and make it if that is what was seen before."""
    form, preview = DraftForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            preview = preview_invoice(wanted=form.wanted(), terms=form.terms())
            if "create" in request.POST and _is_as_seen(request, preview):
                invoice = create_invoice(wanted=form.wanted(), terms=form.terms(), notes=form.cleaned_data["notes"])
                return _to(request, invoice)
        except DomainError as refusal:
            show_refusal(form, refusal)
    context = {"title": "Draft an invoice", "form": form, "preview": _told(preview) if preview else None}
    return TemplateResponse(
        request, "timetracking/draft.html", {**model_admin.admin_site.each_context(request), **context}
    )


def _is_as_seen(request: HttpRequest, preview: Draft) -> bool:
    if request.POST.get("seen") == str(preview.calculation.total):
        return True
    messages.warning(request, "The time or the terms changed since you looked: look again.")
    return False


def _to(request: HttpRequest, invoice: Invoice) -> HttpResponse:
    messages.success(request, "The draft is made. Its time is held until it is issued or made void.")
    return redirect(reverse("admin:timetracking_invoice_change", args=(invoice.pk,)))


def _told(preview: Draft) -> dict[str, Any]:
    sums = preview.calculation
    lines = [
        (
            line.charge.description,
            format_duration(line.charge.seconds),
            f"{line.charge.hourly_rate.normalize():f}",
            _money(line.amount),
        )
        for line in sums.lines
    ]
    taxes = [(f"{tax.percent.normalize():f} % of {_money(tax.base)}", _money(tax.amount)) for tax in sums.taxes]
    amounts = [("Subtotal", sums.subtotal), ("Discount", sums.discount)]
    parts = [*((name, _money(amount)) for name, amount in amounts), *taxes, ("Total", _money(sums.total))]
    return {"lines": lines, "sums": parts, "seen": str(sums.total), "total": _money(sums.total)}


def _money(amount: Money) -> str:
    return f"{amount.amount:,} {amount.currency}"
