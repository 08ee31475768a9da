from collections.abc import Collection, Iterable, Mapping
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from employees import selectors, services
from employees.admin.filters import StatusFilter
from employees.admin.forms import EmployeeForm, EndForm, NewEmployeeForm
from employees.admin.import_page import import_page
from employees.choices import EmployeeStatus
from employees.models import Employee
from gauzy.organizations.selectors import organizations
from gauzy.site.base import ServiceModelAdmin
from gauzy.site.html import chip
from gauzy.site.navigation import Entry, Task
from gauzy.site.parts import Card
from gauzy.site.unfolded import dialog_action, page_action
from gauzy.users.choices import UserSource

_TONES = {EmployeeStatus.ACTIVE: "good", EmployeeStatus.ENDED: "warning"}


@admin.register(Employee)
class EmployeeAdmin(ServiceModelAdmin):
    navigation = (
        Entry(Task.PEOPLE, "Employees", "badge", "employees_employee_changelist", rank=0),
        Entry(Task.PEOPLE, "Import from CSV", "upload_file", "employees_employee_import_csv", "employees.add_employee"),
    )
    empty_hint = "Add somebody, import a list as CSV, or send an invite."
    list_display = ("name", "email", "organization", "job_title", "start_date", "status")
    list_filter = (StatusFilter, "organization")
    list_select_related = ("user", "organization")
    search_fields = ("first_name", "last_name", "user__email", "external_id")
    ordering = ("last_name", "first_name", "id")
    actions_list = ("import_csv",)
    actions_detail = ("end_employment", "restore")

    _work: ClassVar = ("start_date", "job_title", "time_zone", "external_id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Employee]:
        return selectors.visible_employees().select_related("organization")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        who, state = ("first_name", "last_name"), ("email", "organization", "status")
        if obj is None:
            return [("Person", {"fields": ("email", who)}), ("Work", {"fields": ("organization", *self._work)})]
        ended = ("ended_at", "end_reason") if obj.ended_at else ()
        return [
            ("Person", {"fields": (who, *state, *ended)}),
            ("Work", {"fields": self._work}),
            ("Record", {"fields": (("created_at", "updated_at"), "id")}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ()
        return ("email", "organization", "status", "ended_at", "end_reason", "created_at", "updated_at", "id")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **{"form": EmployeeForm if obj else NewEmployeeForm} | kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Choose the organization where there is only one."""
        known = list(organizations()[:2])
        only = {"organization": known[0].pk} if len(known) == 1 else {}
        return only | super().get_changeform_initial_data(request)

    def create(self, values: Mapping[str, Any]) -> Employee:
        organization = values["organization"]
        given = {name: value for name, value in values.items() if name != "organization"}
        return services.create_employee(organization_id=organization.pk, source=UserSource.ADMIN, **given)

    def update(self, obj: Employee, values: Mapping[str, Any]) -> None:
        services.update_employee(employee_id=obj.pk, values=values)

    # --- columns ------------------------------------------------------------------------------------------------------

    @admin.display(description="name", ordering="last_name")
    def name(self, employee: Employee) -> str:
        return str(employee)

    @admin.display(description="e-mail", ordering="user__email")
    def email(self, employee: Employee) -> str:
        return employee.user.email

    @admin.display(description="status", ordering="ended_at")
    def status(self, employee: Employee) -> str:
        return chip(employee.status.label, _TONES[employee.status])

    # --- actions ------------------------------------------------------------------------------------------------------

    def fitting_actions(self, obj: Employee) -> Collection[str]:
        return ["restore"] if obj.ended_at else ["end_employment"]

    @dialog_action(
        label="End employment",
        question="It ends now. With their last employment here, the person's access to this tenant ends too. "
        "Nothing is deleted, and it can be restored.",
        icon="person_off",
        permissions=["change"],
        form=EndForm,
        variant="danger",
    )
    def end_employment(self, request: HttpRequest, form: EndForm, object_id: str) -> HttpResponse:
        employee, reason = self.get_object(request, object_id), form.cleaned_data["reason"]
        return self.carry_out(
            request,
            object_id,
            lambda: services.end_employee(employee_id=employee.pk, reason=reason),
            done=f"The employment of {employee} has ended.",
        )

    @dialog_action(
        label="Restore",
        question="The employment goes on as if it had not ended, and the person may sign in again.",
        icon="person_add",
        permissions=["change"],
    )
    def restore(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        employee = self.get_object(request, object_id)
        return self.carry_out(
            request,
            object_id,
            lambda: services.restore_employee(employee_id=employee.pk),
            done=f"{employee} is an active employee again.",
        )

    @page_action(label="Import from CSV", icon="upload_file", permissions=["add"], path="import")
    def import_csv(self, request: HttpRequest) -> HttpResponse:
        return import_page(self, request)

    # --- dashboard ----------------------------------------------------------------------------------------------------

    def cards(self, request: HttpRequest) -> Iterable[Card]:
        """Say how many people work here."""
        active = self.get_queryset(request).filter(ended_at=None).count()
        link = f"{reverse('admin:employees_employee_changelist')}?status={EmployeeStatus.ACTIVE}"
        return [Card("People", active, "active employees", link, "badge")]
