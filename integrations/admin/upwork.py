from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from gauzy.site.base import ReadOnlyAdmin, ServiceModelAdmin
from gauzy.site.navigation import Entry, Task
from integrations.models import UpworkContract, UpworkTransaction
from integrations.services import upwork_contracts


@admin.register(UpworkContract)
class UpworkContractAdmin(ServiceModelAdmin):
    """Contracts that became projects; the one thing to say of them is whose work they are."""

    navigation = (Entry(Task.INTEGRATIONS, "Upwork contracts", "handshake", "integrations_upworkcontract_changelist"),)
    empty_hint = "Connect Upwork and sync: each contract is here, and becomes a project."
    list_display = ("title", "integration", "project", "freelancer", "employee", "status", "diary_until")
    list_select_related = ("integration", "project", "employee__user")
    list_filter = ("status", "has_ended")
    search_fields = ("title", "contract")
    ordering = ("-id",)
    _shown = (
        *("title", "integration", "contract", "project", "status", "freelancer", "starts_on", "diary_until"),
        "has_ended",
    )
    fields = ("employee", *_shown)
    readonly_fields = _shown

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def update(self, obj: UpworkContract, values: Mapping[str, Any]) -> None:
        employee = values["employee"]
        upwork_contracts.choose_employee(contract_id=obj.pk, employee_id=employee.pk if employee else None)


@admin.register(UpworkTransaction)
class UpworkTransactionAdmin(ReadOnlyAdmin):
    navigation = (
        Entry(Task.INTEGRATIONS, "Upwork transactions", "payments", "integrations_upworktransaction_changelist"),
    )
    empty_hint = "Upload the file of transactions from Upwork over the API: each transaction is here, once."
    list_display = ("day", "kind", "reference", "description", "freelancer", "client", "amount", "currency")
    list_filter = ("kind",)
    search_fields = ("reference", "description", "client")
    ordering = ("-id",)
    fields = ("integration", *list_display)
