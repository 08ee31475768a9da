from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from gauzy.site.base import ReadOnlyAdmin
from gauzy.site.html import chip
from gauzy.site.navigation import Entry, Task
from gauzy.tenancy.choices import Role
from gauzy.tenancy.models import Membership, Tenant

_TONES = {Role.OWNER: "good", Role.ADMIN: "good", Role.MANAGER: "info"}


@admin.register(Tenant)
class TenantAdmin(ReadOnlyAdmin):
    """Every customer of this installation: for superusers only."""

    navigation = (Entry(Task.INSTALLATION, "Tenants", "domain", "tenancy_tenant_changelist"),)
    list_display = ("name", "created_at")
    search_fields = ("name",)
    ordering = ("name", "id")
    fields = ("name", "created_at", "id")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """Who may work in the tenant, and as what."""

    navigation = (Entry(Task.PEOPLE, "Members", "group", "tenancy_membership_changelist"),)
    list_display = ("name", "email", "role_chip", "is_active", "created_at")
    list_display_links = ("name",)
    list_filter = ("role", "is_active")
    list_select_related = ("user",)
    search_fields = ("user__email", "user__first_name", "user__last_name")
    ordering = ("-created_at", "-id")
    fields = ("name", "email", "role_chip", "is_active", "created_at", "id")

    @admin.display(description="name", ordering="user__last_name")
    def name(self, membership: Membership) -> str:
        return str(membership.user)

    @admin.display(description="e-mail", ordering="user__email")
    def email(self, membership: Membership) -> str:
        return membership.user.email

    @admin.display(description="role", ordering="role")
    def role_chip(self, membership: Membership) -> str:
        return chip(Role(membership.role).label, _TONES.get(Role(membership.role), ""))
