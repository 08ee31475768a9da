from collections.abc import Collection, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.widgets import UnfoldAdminSelectMultipleWidget

from employees.choices import EmployeeStatus
from employees.selectors import employees
from gauzy.site.html import chip
from gauzy.site.navigation import Entry, Task
from gauzy.site.unfolded import dialog_action
from timetracking.admin.archiving import ArchivableAdmin
from timetracking.admin.base import TimeForm, by_id
from timetracking.admin.filters import ArchivedFilter
from timetracking.models import Project
from timetracking.selectors import projects as selectors
from timetracking.selectors.people import people_seen
from timetracking.services import projects as services

_PEOPLE = ("member_ids", "manager_ids")


def _people_field(**options: Any) -> Any:
    return forms.ModelMultipleChoiceField(
        queryset=None, required=False, widget=UnfoldAdminSelectMultipleWidget(), **options
    )


class ProjectForm(TimeForm):
    member_ids = _people_field(label="Members")
    manager_ids = _people_field(label="Managers", help_text="With the role manager, they decide about members' time.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = list(selectors.members_of(self.instance.pk)) if self.instance.organization_id else []
        known = Q(pk__in=[place.employee_id for place in places])
        offered = Q(pk__in=people_seen(status=EmployeeStatus.ACTIVE).values("pk"))
        for name, is_manager in zip(_PEOPLE, (False, True), strict=True):
            if name in self.fields:
                field: Any = self.fields[name]
                field.queryset = employees().filter(known | offered).order_by("last_name", "first_name")
                field.initial = [place.employee_id for place in places if place.is_manager is is_manager]


@admin.register(Project)
class ProjectAdmin(ArchivableAdmin):
    navigation = (Entry(Task.PROJECTS, "Projects", "folder_open", "timetracking_project_changelist", rank=0),)
    empty_hint = "Add what time is spent on."
    form = ProjectForm
    list_display = ("name", "client", "budget", "is_billable", "is_private", "state")
    list_filter = (ArchivedFilter, "organization", "is_billable", "client")
    list_select_related = ("client", "organization")
    search_fields = ("name", "code", "client__name")
    ordering = ("name", "id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Project]:
        return selectors.visible_projects()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        what = ("organization", ("name", "code"), "client", "description", ("is_billable", "is_private"))
        money = ("currency", "budget_amount") if selectors.sees_rates() else ()
        spending = ("budget_seconds", *money)
        return [("Project", {"fields": what}), ("Budget", {"fields": spending}), ("People", {"fields": _PEOPLE})]

    def create(self, values: Mapping[str, Any]) -> Project:
        with transaction.atomic():
            project = services.create_project(**by_id(values, without=_PEOPLE))
            _set_people(project.pk, _people(values))
        return project

    def update(self, obj: Project, values: Mapping[str, Any]) -> None:
        with transaction.atomic():
            services.update_project(project_id=obj.pk, values=by_id(values, without=_PEOPLE))
            if values.keys() & set(_PEOPLE):
                _set_people(obj.pk, _people_now(obj) | _people(values), leaving=_leaving(obj, values))

    @admin.display(description="budget", ordering="budget_reached")
    def budget(self, project: Project) -> str:
        if not (project.budget_seconds or project.budget_amount):
            return "–"
        tone = "danger" if project.budget_reached >= 100 else "warning" if project.budget_reached >= 80 else "good"
        return chip(f"{project.budget_reached} % reached" if project.budget_reached else "begun", tone)

    @dialog_action(
        label="Archive",
        question="No new time and no new tasks; what there is stays.",
        icon="archive",
        permissions=["change"],
    )
    def archive(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._set(request, object_id, archived=True)

    @dialog_action(label="Take back", question="It is in use again.", icon="unarchive", permissions=["change"])
    def unarchive(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._set(request, object_id, archived=False)

    def _set(self, request: HttpRequest, object_id: str, *, archived: bool) -> HttpResponse:
        project = self.get_object(request, object_id)
        act = partial(services.archive_project, project_id=project.pk, archived=archived)
        return self.carry_out(request, object_id, act, done=self.told(project, archived=archived))


def _people(values: Mapping[str, Any]) -> dict[UUID, bool]:
    """Return who is chosen, and whether as a manager: who is in both lists is one."""
    members = {employee.pk: False for employee in values.get("member_ids", ())}
    return members | {employee.pk: True for employee in values.get("manager_ids", ())}


def _people_now(project: Project) -> dict[UUID, bool]:
    return {place.employee_id: place.is_manager for place in selectors.members_of(project.pk)}


def _leaving(project: Project, values: Mapping[str, Any]) -> set[UUID]:
    """Return who was in a list that was changed, and is in none any more."""
    changed = {is_manager for name, is_manager in zip(_PEOPLE, (False, True), strict=True) if name in values}
    were = {employee_id for employee_id, is_manager in _people_now(project).items() if is_manager in changed}
    return were - _people(values).keys()


def _set_people(project_id: UUID, people: Mapping[UUID, bool], leaving: Collection[UUID] = ()) -> None:
    places = {place.employee_id: place.is_manager for place in selectors.members_of(project_id)}
    for employee_id, is_manager in people.items():
        if employee_id not in leaving and places.get(employee_id) is not is_manager:
            services.set_member(project_id=project_id, employee_id=employee_id, is_manager=is_manager)
    for employee_id in leaving:
        services.remove_member(project_id=project_id, employee_id=employee_id)
