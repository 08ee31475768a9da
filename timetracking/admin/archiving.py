from collections.abc import Collection
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from gauzy.site.html import chip
from timetracking.admin.base import TimeAdmin


class ArchivableAdmin(TimeAdmin):
    """Of what is put away, not deleted; who derives from it declares the actions `archive` and `unarchive`."""

    actions_detail = ("archive", "unarchive")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("organization",) if obj else ()

    @admin.display(description="state", ordering="archived_at")
    def state(self, obj: Any) -> str:
        return chip("Archived", "warning") if obj.archived_at else chip("In use", "good")

    def fitting_actions(self, obj: Any) -> Collection[str]:
        moot = "archive" if obj.archived_at else "unarchive"
        return [name for name in self.actions_detail if name != moot]

    @staticmethod
    def told(obj: Any, *, archived: bool) -> str:
        return f"{obj} is archived." if archived else f"{obj} is in use again."
