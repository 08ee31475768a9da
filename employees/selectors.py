from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict, Unpack
from uuid import UUID

from django.db.models import QuerySet

from employees.choices import EmployeeStatus
from employees.exceptions import EmployeeNotFound
from employees.models import Employee
from gauzy import context
from gauzy.organizations.selectors import organizations
from gauzy.tenancy.membership import current_role
from gauzy.tenancy.roles import ADMINS
from gauzy.users.emails import normalize_email


class EmployeeFilters(TypedDict, total=False):
    organization_id: UUID
    status: EmployeeStatus
    email: str


def employees(**filters: Unpack[EmployeeFilters]) -> QuerySet[Employee]:
    """Return the tenant's employees with their users."""
    found: QuerySet[Employee] = Employee.objects.select_related("user")
    if "organization_id" in filters:
        found = found.filter(organization_id=filters["organization_id"])
    if "status" in filters:
        found = found.filter(ended_at__isnull=filters["status"] == EmployeeStatus.ACTIVE)
    if "email" in filters:
        found = found.filter(user__email=normalize_email(filters["email"]))
    return found


def visible_employees(**filters: Unpack[EmployeeFilters]) -> QuerySet[Employee]:
    """Return those whom the actor may see: owners and administrators all, everybody else themselves."""
    found = employees(**filters)
    if current_role() in ADMINS:
        return found
    user_id = context.current().actor.id
    return found.filter(user_id=user_id) if user_id else found.none()


def get_employee(employee_id: UUID) -> Employee:
    """Return an employee of the tenant; raise `EmployeeNotFound` for an unknown and for a foreign id."""
    return _one(employees(), employee_id)


def get_visible_employee(employee_id: UUID) -> Employee:
    """Return an employee whom the actor may see; raise `EmployeeNotFound` for any other id."""
    return _one(visible_employees(), employee_id)


@dataclass(frozen=True, slots=True)
class Taken:
    """What stands in the way of new employees. People are (organization, e-mail), external ids (organization, id)."""

    organizations: frozenset[UUID]  # those that exist
    people: set[tuple[UUID, str]]
    external_ids: set[tuple[UUID, str]]

    def add(self, employee: Employee) -> None:
        """Count in an employee who is about to be inserted."""
        self.people.add((employee.organization_id, employee.user.email))
        if employee.external_id:
            self.external_ids.add((employee.organization_id, employee.external_id))


def taken_among(drafts: Sequence[Employee]) -> Taken:
    """Return what of the drafts' people and external ids the tenant's employees have; ended ones count."""
    wanted = {draft.organization_id for draft in drafts}
    existing = frozenset(organizations().filter(pk__in=wanted).values_list("pk", flat=True))
    others = Employee.objects.filter(organization_id__in=existing)
    people = others.filter(user__email__in={draft.user.email for draft in drafts})
    named = others.filter(external_id__in={draft.external_id for draft in drafts} - {""})
    return Taken(
        existing,
        set(people.values_list("organization_id", "user__email")),
        set(named.values_list("organization_id", "external_id")),
    )


def is_employed(user_id: UUID) -> bool:
    """Tell whether the user has an employment in the tenant that has not ended."""
    return Employee.objects.filter(user_id=user_id, ended_at=None).exists()


def _one(among: QuerySet[Employee], employee_id: UUID) -> Employee:
    if employee := among.filter(pk=employee_id).first():
        return employee
    raise EmployeeNotFound
