"""Contracts of Upwork's, and transactions from its files."""

from django.db import models

from gauzy.eventbus.ids import uuid7
from gauzy.tenancy.models import TenantModel
from integrations.models.framework import Integration


class UpworkContract(TenantModel):
    """A contract that is a project here, and whose work it is: its diary becomes time of `employee`.

    `title` and `rate` are Upwork's as we last saw them, so that what people change here is told from what changes
    there. `diary_until` is the day up to which the diary was read; corrections of the days before it may follow. The
    diary of one that has ended is not read any more.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="+", db_index=False)
    contract = models.CharField(max_length=40, editable=False)
    project = models.ForeignKey("timetracking.Project", on_delete=models.PROTECT, related_name="+", editable=False)
    employee = models.ForeignKey(
        "employees.Employee", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    title = models.CharField(max_length=200, editable=False)
    status = models.CharField(max_length=20, blank=True, editable=False)
    freelancer = models.CharField(max_length=200, blank=True, editable=False)
    starts_on = models.DateField(null=True, editable=False)
    rate = models.DecimalField(max_digits=12, decimal_places=4, null=True, editable=False)
    diary_until = models.DateField(null=True, editable=False)
    has_ended = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        abstract = False
        verbose_name = "Upwork contract"
        constraints = [
            models.UniqueConstraint(fields=["integration", "contract"], name="integrations_upwork_contract_once")
        ]
        indexes = [models.Index(fields=["tenant", "-id"], name="integrations_upwork_contracts")]

    def __str__(self) -> str:
        return self.title


class UpworkTransaction(TenantModel):
    """A transaction from a file of Upwork's; `amount` is signed, as it changed the wallet.

    `key` is the reference id, or what sums the row up where it has none of its own.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=64)
    reference = models.CharField(max_length=100, blank=True)
    day = models.DateField()
    kind = models.CharField(max_length=50)
    description = models.CharField(max_length=500, blank=True)
    freelancer = models.CharField(max_length=200, blank=True)
    client = models.CharField(max_length=200, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=4)
    currency = models.CharField(max_length=3)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        abstract = False
        verbose_name = "Upwork transaction"
        constraints = [
            models.UniqueConstraint(fields=["integration", "key"], name="integrations_upwork_transaction_once")
        ]
        indexes = [models.Index(fields=["tenant", "-id"], name="integrations_upwork_money")]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}".strip()
