from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from gauzy.organizations import services
from gauzy.organizations.models import Organization, OrganizationSettings
from gauzy.site.base import ServiceModelAdmin
from gauzy.site.fields import text_field, time_zone_field
from gauzy.site.forms import ServiceForm
from gauzy.site.navigation import Entry, Task


class OrganizationForm(ServiceForm):
    time_zone = time_zone_field(initial="UTC", help_text="Of everybody who has no other of their own.")
    currency = text_field(max_length=3, initial="EUR", help_text="ISO 4217, such as EUR.")


@admin.register(Organization)
class OrganizationAdmin(ServiceModelAdmin):
    navigation = (Entry(Task.ORGANIZATION, "Organizations", "apartment", "organizations_organization_changelist"),)
    empty_hint = "Add the first: people, projects and invoices belong to one."
    form = OrganizationForm
    list_display = ("name", "time_zone", "currency", "week_starts_on", "created_at")
    search_fields = ("name",)
    ordering = ("name", "id")
    fields = ("name", "time_zone", "currency", "week_starts_on", "invite_expiry_days")

    def create(self, values: Mapping[str, Any]) -> Organization:
        return services.create_organization(**values)

    def update(self, obj: Organization, values: Mapping[str, Any]) -> None:
        services.update_organization(organization_id=obj.pk, values=values)


@admin.register(OrganizationSettings)
class OrganizationSettingsAdmin(ServiceModelAdmin):
    """Policies come with their organization; they are changed by those who may change it."""

    navigation = (Entry(Task.ORGANIZATION, "Time policies", "rule", "organizations_organizationsettings_changelist"),)
    empty_hint = "They come with an organization: add one."
    list_display = ("organization", "manual_time", "modify_time", "delete_time", "overlaps", "second_timer")
    list_select_related = ("organization",)
    ordering = ("organization__name",)
    readonly_fields = ("organization",)
    fieldsets = (
        (None, {"fields": ("organization",)}),
        ("Entering time", {"fields": ("manual_time", "modify_time", "delete_time", "future_time")}),
        ("Conflicts", {"fields": ("overlaps", "second_timer")}),
        ("A time log must have", {"fields": ("requires_project", "requires_task", "requires_description")}),
        ("Closing time", {"fields": ("lock_date", "approvals", "approve_own")}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("organizations.view_organization")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("organizations.change_organization")

    def update(self, obj: OrganizationSettings, values: Mapping[str, Any]) -> None:
        services.update_settings(organization_id=obj.pk, values=values)
