"""What the admins of time share: whom and what their forms offer, how values of a form become a service's."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from employees.choices import EmployeeStatus
from employees.selectors import employees
from gauzy.organizations.selectors import organizations
from gauzy.site.base import ServiceModelAdmin
from gauzy.site.forms import ServiceForm
from timetracking.selectors.people import people_seen
from timetracking.selectors.projects import clients, visible_projects, visible_tasks

_OFFERED: Final[Mapping[str, Callable[[], QuerySet[Any]]]] = {
    "organization": lambda: organizations().order_by("name"),
    "employee": lambda: people_seen(status=EmployeeStatus.ACTIVE).order_by("last_name", "first_name"),
    "assignee": lambda: employees(status=EmployeeStatus.ACTIVE).order_by("last_name", "first_name"),
    "client": lambda: clients(archived=False).order_by("name"),
    "project": lambda: visible_projects(archived=False).order_by("name"),
    "task": lambda: visible_tasks(archived=False).order_by("project__name", "number"),
}


class TimeForm(ServiceForm):
    """Offers also what the row has already, though it may be put away since: saving changes only what was changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in _OFFERED.keys() & self.fields.keys():
            if known := getattr(self.instance, f"{name}_id", None):
                field: Any = self.fields[name]
                offered = Q(pk__in=field.queryset.order_by().values("pk")) | Q(pk=known)
                field.queryset = field.queryset.model.objects.filter(offered).order_by(*field.queryset.query.order_by)


class TimeAdmin(ServiceModelAdmin):
    """Its forms offer what the actor may see and what is not put away."""

    form = TimeForm

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in _OFFERED:
            kwargs["queryset"] = _OFFERED[db_field.name]()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Choose the organization where there is only one."""
        known = list(organizations()[:2])
        only = {"organization": known[0].pk} if len(known) == 1 else {}
        return only | super().get_changeform_initial_data(request)


class ActedOnAdmin(ServiceModelAdmin):
    """Nothing of its rows is written in a form: they change by actions alone, so there is nothing to save."""

    def changeform_view(
        self, request: Any, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        shown = {"show_save": False, "show_save_and_continue": False} | (extra_context or {})
        return super().changeform_view(request, object_id, form_url, shown)


def by_id(values: Mapping[str, Any], *, without: Iterable[str] = ()) -> dict[str, Any]:
    """Return a form's values as services take them: `client` as `client_id`, `tags` as `tag_ids`."""
    named = {name: value for name, value in values.items() if name not in without}
    return dict(_as_id(name, value) for name, value in named.items())


def _as_id(name: str, value: Any) -> tuple[str, Any]:
    if name in _OFFERED:
        return f"{name}_id", _pk(value)
    if name == "tags":
        return "tag_ids", [tag.pk for tag in value]
    return name, value


def _pk(row: Model | None) -> UUID | None:
    return row.pk if row else None
