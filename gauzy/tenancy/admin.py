from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from gauzy.site.base import ReadOnlyAdmin
from gauzy.site.navigation import Entry, Task
from gauzy.tenancy.models import Tenant


@admin.register(Tenant)
class TenantAdmin(ReadOnlyAdmin):
    """Every customer of this installation: for superusers only."""

    navigation = (Entry(Task.INSTALLATION, "Tenants", "domain", "tenancy_tenant_changelist"),)
    empty_hint = "A tenant begins with its first owner: `manage.py createtenant`."
    list_display = ("name", "created_at")
    search_fields = ("name",)
    ordering = ("name", "id")
    fields = ("name", "created_at", "id")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)
