from collections.abc import Collection
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join

from gauzy.site.html import chip
from gauzy.site.navigation import Entry, Task
from gauzy.site.unfolded import dialog_action, page_action
from timetracking.admin.base import ActedOnAdmin
from timetracking.admin.import_page import import_page
from timetracking.models import TimeImport
from timetracking.selectors.imports import time_imports
from timetracking.services.imports import undo_import


@admin.register(TimeImport)
class TimeImportAdmin(ActedOnAdmin):
    """Files of time that were imported, and what was wrong with their rows; a manager sees their own."""

    navigation = (
        Entry(Task.ORGANIZATION, "Time imports", "history", "timetracking_timeimport_changelist"),
        Entry(
            Task.ORGANIZATION,
            "Import time from CSV",
            "upload_file",
            "timetracking_timeimport_import_csv",
            "timetracking.change_timeimport",
        ),
    )
    empty_hint = "Import what Toggl Track, Clockify or Harvest exported as CSV."
    list_display = ("name", "product", "state", "rows", "created", "known", "refused", "actor_label", "created_at")
    list_display_links = ("name",)
    list_filter = ("product", "organization")
    search_fields = ("file_name",)
    ordering = ("-id",)
    actions_list = ("import_csv",)
    actions_detail = ("undo",)
    fieldsets = (
        (None, {"fields": ("name", "product", "state", "rows", "created", "known", "refused", "time_zone")}),
        ("Rows to look at", {"fields": ("problems_shown",)}),
        ("Record", {"fields": ("actor_label", "created_at", "undone_at", "sha256", "id")}),
    )
    readonly_fields = (
        *("name", "product", "state", "rows", "created", "known", "refused", "time_zone", "problems_shown"),
        *("actor_label", "created_at", "undone_at", "sha256", "id"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[TimeImport]:
        return time_imports()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description="file", ordering="file_name")
    def name(self, done: TimeImport) -> str:
        return str(done)

    @admin.display(description="state", ordering="undone_at")
    def state(self, done: TimeImport) -> str:
        return chip("Undone", "warning") if done.undone_at else chip("Imported", "good")

    @admin.display(description="rows")
    def problems_shown(self, done: TimeImport) -> str:
        rows = [
            (problem["line"], problem["message"] or ", ".join(problem["warnings"]), problem["code"])
            for problem in done.problems
        ]
        return format_html_join("\n", "<p>line {}: {} {}</p>", rows) or "none"

    def fitting_actions(self, obj: TimeImport) -> Collection[str]:
        """Return nothing for what is taken back already."""
        return () if obj.undone_at else self.actions_detail

    @dialog_action(
        label="Undo",
        question="The logs it created are deleted, all or none; refused while any is submitted, approved or invoiced.",
        icon="undo",
        permissions=["change"],
        variant="danger",
    )
    def undo(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        done = self.get_object(request, object_id)
        return self.carry_out(
            request, object_id, lambda: undo_import(time_import_id=done.pk), done="The import was taken back."
        )

    @page_action(label="Import time from CSV", icon="upload_file", permissions=["change"], path="import")
    def import_csv(self, request: HttpRequest) -> HttpResponse:
        return import_page(self, request)
