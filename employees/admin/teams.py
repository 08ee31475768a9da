from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.widgets import UnfoldAdminSelectMultipleWidget

from employees import selectors, services
from employees.choices import EmployeeStatus
from employees.models import Employee, Team
from gauzy.site.base import ServiceModelAdmin
from gauzy.site.forms import ServiceForm
from gauzy.site.navigation import Entry, Task
from gauzy.site.unfolded import dialog_action


def _people_field(**options: Any) -> Any:
    return forms.ModelMultipleChoiceField(
        queryset=None, required=False, widget=UnfoldAdminSelectMultipleWidget(), **options
    )


class TeamForm(ServiceForm):
    member_ids = _people_field(label="Members")
    manager_ids = _people_field(label="Managers", help_text="They see and act for the members.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = list(self.instance.members.all()) if self.instance.organization_id else []
        for name, is_manager in (("member_ids", False), ("manager_ids", True)):
            field: Any = self.fields[name]
            field.queryset = self._choices()
            field.initial = [place.employee_id for place in places if place.is_manager is is_manager]

    def _choices(self) -> QuerySet[Employee]:
        """Return those who work here, and who is in the team already."""
        organization = self.instance.organization_id
        found = selectors.employees(**({"organization_id": organization} if organization else {}))
        here = selectors.employees(status=EmployeeStatus.ACTIVE).values("pk")
        kept = self.instance.members.values("employee") if organization else []
        return found.filter(Q(pk__in=here) | Q(pk__in=kept)).order_by("last_name", "first_name")


@admin.register(Team)
class TeamAdmin(ServiceModelAdmin):
    navigation = (Entry(Task.PEOPLE, "Teams", "groups", "employees_team_changelist"),)
    empty_hint = "Add a team and its managers: they decide about the time of its members."
    form = TeamForm
    list_display = ("name", "organization", "people", "created_at")
    list_filter = ("organization",)
    list_select_related = ("organization",)
    search_fields = ("name",)
    ordering = ("name", "id")
    fields = ("organization", "name", "manager_ids", "member_ids")
    actions_detail = ("dissolve",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        return selectors.visible_teams().annotate(size=Count("members"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("organization",) if obj else ()

    def create(self, values: Mapping[str, Any]) -> Team:
        people = {name: _ids(values[name]) for name in ("member_ids", "manager_ids")}
        return services.create_team(organization_id=values["organization"].pk, name=values["name"], **people)

    def update(self, obj: Team, values: Mapping[str, Any]) -> None:
        plain = {name: value if name == "name" else _ids(value) for name, value in values.items()}
        services.update_team(team_id=obj.pk, values=plain)

    @admin.display(description="people", ordering="size")
    def people(self, team: Any) -> int:
        return int(team.size)

    @dialog_action(
        label="Dissolve",
        question="The team is no more, and what its managers saw and did by it ends. Nobody's employment changes.",
        icon="group_remove",
        permissions=["change"],
        variant="danger",
    )
    def dissolve(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        team = self.get_object(request, object_id)
        services.delete_team(team_id=team.pk)
        self.message_user(request, f"{team} is dissolved.")
        return self.to_list(request)


def _ids(found: QuerySet[Employee]) -> list[UUID]:
    return [employee.pk for employee in found]
