from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from activitylog.models import ActivityLog
from activitylog.selectors import visible_activities, with_names
from gauzy import context
from gauzy.eventbus import catalogue
from gauzy.site.base import ReadOnlyAdmin
from gauzy.site.html import chip, link
from gauzy.site.navigation import Entry, Task
from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import current_role

_TONES = {"created": "good", "ended": "warning", "deleted": "danger", "died": "danger", "updated": "info"}
_ROW = "<tr><td>{}</td><td>{}</td><td><strong>{}</strong></td></tr>"


class EventFilter(SimpleListFilter):
    """By kind of event; the choices come from the catalogue, not from the rows."""

    title = "event"
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(event_type.name, event_type.label) for event_type in catalogue.events]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(event=self.value()) if self.value() else queryset


class ActionFilter(SimpleListFilter):
    title = "action"
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        actions = {event_type.action for event_type in catalogue.events if event_type.action}
        return [(action, action.capitalize()) for action in sorted(actions)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(ActivityLog)
class ActivityLogAdmin(ReadOnlyAdmin):
    """Who did what. Nobody changes it, from here or elsewhere."""

    navigation = (Entry(Task.ACTIVITY, "Activity log", "history", "activitylog_activitylog_changelist", rank=0),)
    empty_hint = "Whatever anybody does, here or over the API, appears a second later."
    list_display = ("what", "about", "action_chip", "actor", "occurred_at")
    list_filter = (EventFilter, ActionFilter, "actor_kind", "occurred_at")
    search_fields = ("actor_label", "summary", "entity_id", "correlation_id")
    ordering = ("-occurred_at", "-id")
    fieldsets = (
        (None, {"fields": ("what", "actor", "occurred_at", "changed")}),
        ("About", {"fields": ("entity_type", "about", "entity_id", "organization_id", "action_chip")}),
        ("Record", {"fields": ("its_event", "correlation_id", "recorded_at")}),
    )

    def get_queryset(self, request: Any) -> QuerySet[ActivityLog]:
        return visible_activities(user_id=request.user.pk, role=current_role())

    def prepare(self, rows: Sequence[ActivityLog]) -> None:
        role = current_role() or Role.OWNER  # a superuser is in no role
        with_names(role, context.tenant_id(), rows)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        self.prepare([found])
        return found

    @admin.display(description="what happened", ordering="summary")
    def what(self, activity: ActivityLog) -> str:
        return activity.summary

    @admin.display(description="about")
    def about(self, activity: ActivityLog) -> str:
        return activity.entity_name or "–"

    @admin.display(description="by", ordering="actor_label")
    def actor(self, activity: ActivityLog) -> str:
        return f"{activity.actor_label} ({activity.actor_kind})"

    @admin.display(description="action", ordering="action")
    def action_chip(self, activity: ActivityLog) -> str:
        return chip(activity.action, _TONES.get(activity.action, ""))

    @admin.display(description="changes")
    def changed(self, activity: ActivityLog) -> str:
        if not activity.changes:
            return "–"
        rows = format_html_join(
            "", _ROW, ((change["field"], change["old"], change["new"]) for change in activity.changes)
        )
        head = "<thead><tr><th>Field</th><th>Before</th><th>After</th></tr></thead>"
        return format_html('<table class="gz-table">' + head + "<tbody>{}</tbody></table>", rows)

    @admin.display(description="event")
    def its_event(self, activity: ActivityLog) -> str:
        return link(reverse("admin:bus_event", args=(activity.event_id,)), activity.event)
