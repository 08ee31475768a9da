"""Whose time it is, and what the actor may do with it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from employees.exceptions import EmployeeNotFound
from employees.selectors import employees, managed_employees, managers_of, visible_employees
from gauzy.organizations.selectors import settings_of
from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import current_role
from gauzy.tenancy.roles import ADMINS, MANAGERS
from gauzy.tenancy.selectors import members_among
from timetracking.calendar import zone_named
from timetracking.models import ProjectMember
from timetracking.selectors.acting import actor_id


@dataclass(frozen=True, slots=True)
class Person:
    """An employee with what decides about their time. `settings` are the organization's policies."""

    employee: Any
    organization: Any
    settings: Any

    @property
    def id(self) -> UUID:
        found: UUID = self.employee.pk
        return found

    @property
    def zone(self) -> ZoneInfo:
        return zone_of(self.employee)

    @property
    def is_actor(self) -> bool:
        return bool(self.employee.user_id == actor_id())


def people_seen(**filters: Any) -> QuerySet[Any]:
    """Return the employees whose time the actor may see; handlers, which have no role, see everybody."""
    if current_role() is None:
        return employees(**filters)
    in_sight = Q(pk__in=visible_employees().values("pk")) | Q(pk__in=_of_managed_projects().values("pk"))
    return employees(**filters).filter(in_sight)


def person(employee_id: UUID) -> Person:
    """Return an employee whose time the actor may see, with organization and policies; raise `EmployeeNotFound`."""
    employee = people_seen().select_related("organization", "user").filter(pk=employee_id).first()
    if employee is None:
        raise EmployeeNotFound
    return Person(employee, employee.organization, settings_of(employee.organization_id))


def persons(employee_ids: Collection[UUID]) -> dict[UUID, Person]:
    """Return those of the employees whose time the actor may see, as `person` does, in one query and one for each
    organization.
    """
    found = people_seen().select_related("organization", "user").filter(pk__in=set(employee_ids))
    rows = list(found)
    policies = {id: settings_of(id) for id in {row.organization_id for row in rows}}
    return {row.pk: Person(row, row.organization, policies[row.organization_id]) for row in rows}


def decided_among(employee_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the employees about whom the actor decides, as `acts_as_manager` tells of one."""
    role = current_role()
    if role is None or role in ADMINS:
        return set(employee_ids)
    return set(may_decide().filter(pk__in=set(employee_ids)).values_list("pk", flat=True))


def acts_as_manager(found: Person) -> bool:
    """Tell whether the actor decides about this employee: through teams, a project both are in, or their role."""
    role = current_role()
    if role is None or role in ADMINS:
        return True
    return may_decide().filter(pk=found.id).exists()


def may_decide() -> QuerySet[Any]:
    """Return the employees about whose time the actor decides; nobody below manager does, and no manager on himself."""
    if current_role() != Role.MANAGER:
        return managed_employees()
    return (managed_employees() | _of_managed_projects()).exclude(user_id=actor_id())


def zone_of(employee: Any) -> ZoneInfo:
    """Return the zone in which an employee's days are counted: their own, else the organization's."""
    return zone_named(employee.time_zone or employee.organization.time_zone)


def managed_project_ids() -> QuerySet[Any, Any]:
    """Return the projects that the actor manages as a member."""
    mine = ProjectMember.objects.filter(employee__user_id=actor_id(), employee__ended_at=None)
    return mine.filter(is_manager=True).values("project_id")


def _of_managed_projects() -> QuerySet[Any]:
    if current_role() != Role.MANAGER:
        return employees().none()
    members = ProjectMember.objects.filter(project_id__in=managed_project_ids())
    return employees().filter(Q(pk__in=members.values("employee_id")))


def approvers_of(employee_id: UUID) -> set[UUID]:
    """Return the user ids of those who decide about an employee's time: team managers, and those of their projects."""
    projects = ProjectMember.objects.filter(employee_id=employee_id).values("project_id")
    managers = ProjectMember.objects.filter(project_id__in=projects, is_manager=True, employee__ended_at=None)
    user_ids = set(managers.exclude(employee_id=employee_id).values_list("employee__user_id", flat=True))
    return managers_of(employee_id) | members_among(user_ids, roles=MANAGERS)


def budget_holders_of(project_id: UUID) -> set[UUID]:
    """Return the user ids of a project's managers; of owners and administrators where it has none."""
    managers = ProjectMember.objects.filter(project_id=project_id, is_manager=True, employee__ended_at=None)
    user_ids = set(managers.values_list("employee__user_id", flat=True))
    return members_among(user_ids, roles=MANAGERS) or members_among(None, roles=ADMINS)
