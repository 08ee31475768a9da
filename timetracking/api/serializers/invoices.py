from decimal import Decimal
from typing import Any

from rest_framework import serializers

from gauzy.rest.serializers import StrictSerializer
from timetracking.choices import InvoiceGrouping, InvoiceStatus
from timetracking.models import Invoice, InvoiceLine, InvoiceTax, Payment
from timetracking.money import quantize
from timetracking.rounding import Direction
from timetracking.services.drafting import Draft


class PercentField(serializers.DecimalField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=7, decimal_places=4, min_value=0, max_value=100, **kwargs)


class InvoiceTaxInput(StrictSerializer):
    project_id = serializers.UUIDField()
    percent = PercentField()


class InvoiceInput(StrictSerializer):
    """Which time, and how it becomes lines."""

    client_id = serializers.UUIDField()
    currency = serializers.CharField(max_length=3, required=False, help_text="Needed where the time has several.")
    first_day = serializers.DateField(required=False, help_text="In the organization's zone.")
    last_day = serializers.DateField(required=False, help_text="Included.")
    time_log_ids = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=5_000)
    group_by = serializers.ChoiceField(InvoiceGrouping.choices, default=InvoiceGrouping.PROJECT)
    tax_percent = PercentField(default=Decimal(0))
    taxes = InvoiceTaxInput(many=True, required=False)
    discount_percent = PercentField(default=Decimal(0))
    discount_amount = serializers.DecimalField(
        max_digits=18, decimal_places=4, required=False, min_value=0, help_text="Counts instead of the percentage."
    )
    round_to = serializers.IntegerField(default=0, min_value=0, max_value=3_600, help_text="Seconds; 0 for none.")
    rounding = serializers.ChoiceField([(one.value, one.value) for one in Direction], default=Direction.NEAREST)
    notes = serializers.CharField(max_length=2_000, required=False, allow_blank=True)


class InvoiceIssueInput(StrictSerializer):
    due_in_days = serializers.IntegerField(default=14, min_value=0, max_value=365)


class InvoicePaymentInput(StrictSerializer):
    amount = serializers.DecimalField(max_digits=18, decimal_places=4)
    paid_on = serializers.DateField()
    reference = serializers.CharField(max_length=200, required=False, allow_blank=True)


class InvoiceVoidInput(StrictSerializer):
    reason = serializers.CharField(max_length=500)


class InvoiceQuery(serializers.Serializer[Any]):
    organization_id = serializers.UUIDField(required=False)
    client_id = serializers.UUIDField(required=False)
    status = serializers.ChoiceField(InvoiceStatus.choices, required=False)
    year = serializers.IntegerField(required=False, min_value=1, max_value=9_999)


class InvoiceLineOutput(serializers.Serializer[Any]):
    description = serializers.CharField()
    project_id = serializers.UUIDField(allow_null=True)
    seconds = serializers.IntegerField()
    hourly_rate = serializers.CharField()
    tax_percent = serializers.CharField()
    amount = serializers.CharField()


class InvoiceTaxOutput(serializers.Serializer[Any]):
    percent = serializers.CharField()
    base = serializers.CharField()
    amount = serializers.CharField()


class InvoicePreviewOutput(serializers.Serializer[Any]):
    """Amounts are decimal strings with the digits of the currency."""

    currency = serializers.CharField()
    lines = InvoiceLineOutput(many=True)
    subtotal = serializers.CharField()
    discount = serializers.CharField()
    taxes = InvoiceTaxOutput(many=True)
    total = serializers.CharField()


class InvoicePaymentOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    amount = serializers.CharField()
    paid_on = serializers.DateField()
    reference = serializers.CharField()


class InvoiceOutput(InvoicePreviewOutput):
    id = serializers.UUIDField()
    organization_id = serializers.UUIDField()
    client_id = serializers.UUIDField()
    status = serializers.ChoiceField(InvoiceStatus.choices)
    number = serializers.CharField(help_text="Empty until issued.")
    paid = serializers.CharField()
    payments = InvoicePaymentOutput(many=True)
    notes = serializers.CharField()
    seller_name = serializers.CharField(help_text="Seller and client as they were on issue.")
    client_name = serializers.CharField()
    client_address = serializers.CharField()
    client_tax_number = serializers.CharField()
    issued_on = serializers.DateField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    issued_at = serializers.DateTimeField(allow_null=True)
    voided_at = serializers.DateTimeField(allow_null=True)
    void_reason = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    def to_representation(self, instance: Invoice) -> Any:
        return super().to_representation(_Shown(instance))


class _Shown:
    """A row whose amounts are texts with the digits of the currency."""

    _AMOUNTS = frozenset({"subtotal", "discount", "total", "paid", "amount", "base"})
    _PARTS = frozenset({"lines", "taxes", "payments"})

    def __init__(self, row: Invoice | InvoiceLine | InvoiceTax | Payment, currency: str = "") -> None:
        self._row, self._currency = row, currency or row.currency  # type: ignore[union-attr]  # the invoice has one

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._row, name)
        if name in self._AMOUNTS:
            return str(quantize(value, self._currency))
        if name in self._PARTS:
            return [_Shown(part, self._currency) for part in value.all()]
        if name in {"hourly_rate", "tax_percent", "percent"}:
            return f"{value.normalize():f}"
        return value


def preview_of(draft: Draft) -> dict[str, Any]:
    """Return a draft in the form of an invoice's answer."""
    sums = draft.calculation
    return {
        "currency": draft.currency,
        "lines": [
            {
                "description": line.charge.description,
                "project_id": group[0].project_id,
                "seconds": line.charge.seconds,
                "hourly_rate": f"{line.charge.hourly_rate.normalize():f}",
                "tax_percent": f"{line.charge.tax_percent.normalize():f}",
                "amount": line.amount.amount,
            }
            for line, group in zip(sums.lines, draft.logs, strict=True)
        ],
        "subtotal": sums.subtotal.amount,
        "discount": sums.discount.amount,
        "taxes": [
            {"percent": f"{tax.percent.normalize():f}", "base": tax.base.amount, "amount": tax.amount.amount}
            for tax in sums.taxes
        ],
        "total": sums.total.amount,
    }
