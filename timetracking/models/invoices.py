"""What is billed to clients. An issued invoice is a snapshot: its rows hold all that stands on the paper."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from gauzy.eventbus.ids import uuid7
from gauzy.organizations.validators import validate_currency
from gauzy.tenancy.models import TenantModel
from timetracking.choices import InvoiceStatus
from timetracking.models.projects import Client, Owned, Project
from timetracking.models.time import TimeLog


def _amount(**options: Any) -> "models.DecimalField[Any, Any]":
    return models.DecimalField(max_digits=18, decimal_places=4, **options)


def _percent() -> "models.DecimalField[Any, Any]":
    return models.DecimalField(max_digits=7, decimal_places=4)


class Invoice(Owned):
    """`number` is given on issue, from `sequence` in `year`; a draft has none. Seller and buyer are those of the issue.

    `discount` is what is taken off `subtotal`; `total` = `subtotal` - `discount` + the taxes; all in `currency`.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=20, choices=InvoiceStatus, default=InvoiceStatus.DRAFT, editable=False)
    year = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    sequence = models.PositiveIntegerField(null=True, blank=True, editable=False)
    number = models.CharField(max_length=30, blank=True, editable=False)
    currency = models.CharField(max_length=3, validators=[validate_currency])
    subtotal = _amount()
    discount = _amount()
    total = _amount()
    paid = _amount(default=0)
    notes = models.CharField(max_length=2000, blank=True)
    seller_name = models.CharField(max_length=200, blank=True)
    client_name = models.CharField(max_length=200, blank=True)
    client_address = models.CharField(max_length=500, blank=True)
    client_tax_number = models.CharField(max_length=50, blank=True)
    issued_on = models.DateField(null=True, blank=True, help_text="In the organization's zone.")
    due_on = models.DateField(null=True, blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=500, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(Owned.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["organization", "year", "sequence"], name="timetracking_invoice_number"),
            models.CheckConstraint(
                condition=Q(sequence__isnull=True, year__isnull=True, issued_on__isnull=True, number="")
                | Q(sequence__gte=1, year__isnull=False, issued_on__isnull=False) & ~Q(number=""),
                name="timetracking_invoice_numbered_when_issued",
            ),
            models.CheckConstraint(
                condition=Q(sequence__isnull=False) | Q(status__in=[InvoiceStatus.DRAFT, InvoiceStatus.VOID]),
                name="timetracking_invoice_without_number_is_draft",
            ),
            models.CheckConstraint(
                condition=Q(paid__gte=0, paid__lte=F("total")), name="timetracking_invoice_not_overpaid"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "-id"], name="timetracking_invoices")]

    def __str__(self) -> str:
        return self.number or "draft"


class InvoiceLine(TenantModel):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    project = models.ForeignKey(Project, on_delete=models.PROTECT, null=True, related_name="+")
    description = models.CharField(max_length=600)
    seconds = models.PositiveIntegerField()
    hourly_rate = models.DecimalField(max_digits=12, decimal_places=4)
    tax_percent = _percent()
    amount = _amount()

    class Meta(TenantModel.Meta):
        abstract = False
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["invoice", "position"], name="timetracking_line_position")]

    def __str__(self) -> str:
        return self.description


class InvoiceTax(TenantModel):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="taxes", db_index=False)
    percent = _percent()
    base = _amount()
    amount = _amount()

    class Meta(TenantModel.Meta):
        abstract = False
        ordering = ("percent",)
        constraints = [models.UniqueConstraint(fields=["invoice", "percent"], name="timetracking_tax_once_per_rate")]

    def __str__(self) -> str:
        return f"{self.percent} %"


class InvoicedLog(TenantModel):
    """That a log stands on a line. `is_live` ends when the invoice is void: then another may have the log."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="logs")
    line = models.ForeignKey(InvoiceLine, on_delete=models.PROTECT, related_name="+")
    time_log = models.ForeignKey(TimeLog, on_delete=models.PROTECT, related_name="+")
    is_live = models.BooleanField(default=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["time_log"], condition=Q(is_live=True), name="timetracking_log_on_one_live_invoice"
            )
        ]

    def __str__(self) -> str:
        return f"{self.time_log_id} on {self.invoice_id}"


class Payment(TenantModel):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="payments")
    amount = _amount()
    paid_on = models.DateField()
    reference = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        abstract = False
        ordering = ("paid_on", "id")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="timetracking_payment_is_positive")]

    def __str__(self) -> str:
        return f"{self.amount} on {self.paid_on}"


class InvoiceCounter(TenantModel):
    """The last number of an organization's year; locked until the transaction that took it commits."""

    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["organization", "year"], name="timetracking_counter_once_per_year")
        ]

    def __str__(self) -> str:
        return f"{self.last_number} in {self.year}"
