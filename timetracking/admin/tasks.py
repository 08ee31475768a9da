from collections.abc import Mapping
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from gauzy.site.html import chip
from gauzy.site.navigation import Entry
from gauzy.site.navigation import Task as Group
from gauzy.site.unfolded import dialog_action
from timetracking.admin.archiving import ArchivableAdmin
from timetracking.admin.base import by_id
from timetracking.admin.filters import ArchivedFilter, VisibleFilter
from timetracking.choices import TaskStatus
from timetracking.models import Task
from timetracking.selectors import projects as selectors
from timetracking.services import tasks as services

_TONES = {
    TaskStatus.DONE: "good",
    TaskStatus.BLOCKED: "danger",
    TaskStatus.IN_PROGRESS: "info",
    TaskStatus.IN_REVIEW: "info",
}


@admin.register(Task)
class TaskAdmin(ArchivableAdmin):
    navigation = (Entry(Group.PROJECTS, "Tasks", "task_alt", "timetracking_task_changelist", rank=0),)
    empty_hint = "Add one, or connect GitHub: issues become tasks."
    list_display = ("number_and_title", "project", "status_chip", "assignee", "due_date")
    list_filter = (ArchivedFilter, "status", ("project", VisibleFilter))
    list_select_related = ("project", "assignee")
    search_fields = ("title", "number")
    ordering = ("-id",)
    fields = ("project", "title", "description", ("status", "assignee"), ("due_date", "estimate_seconds"), "tags")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Task]:
        return selectors.visible_tasks()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("project",) if obj else ()

    def create(self, values: Mapping[str, Any]) -> Task:
        return services.create_task(**by_id(values))

    def update(self, obj: Task, values: Mapping[str, Any]) -> None:
        services.update_task(task_id=obj.pk, values=by_id(values))

    @admin.display(description="task", ordering="number")
    def number_and_title(self, task: Task) -> str:
        return str(task)

    @admin.display(description="status", ordering="status")
    def status_chip(self, task: Task) -> str:
        return chip(TaskStatus(task.status).label, _TONES.get(TaskStatus(task.status), ""))

    @dialog_action(
        label="Archive", question="It takes no new time; what there is stays.", icon="archive", permissions=["change"]
    )
    def archive(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._set(request, object_id, archived=True)

    @dialog_action(label="Take back", question="It is in use again.", icon="unarchive", permissions=["change"])
    def unarchive(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._set(request, object_id, archived=False)

    def _set(self, request: HttpRequest, object_id: str, *, archived: bool) -> HttpResponse:
        task = self.get_object(request, object_id)
        act = partial(services.archive_task, task_id=task.pk, archived=archived)
        return self.carry_out(request, object_id, act, done=self.told(task, archived=archived))
