"""Projects and their members: every write."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from employees.choices import EmployeeStatus
from employees.selectors import employees
from gauzy import eventbus as bus
from gauzy.eventbus import Change
from gauzy.organizations.selectors import get_organization
from gauzy.tenancy.changes import apply_changes
from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import current_role
from gauzy.tenancy.validation import clean
from timetracking.events import ProjectCreatedEvent, ProjectUpdatedEvent
from timetracking.exceptions import NotAllowedByPolicy, NotYourProject, ProjectNotFound
from timetracking.models import Project, ProjectMember
from timetracking.selectors.acting import actor_id
from timetracking.selectors.people import person
from timetracking.selectors.projects import get_client, get_project, manages_project, sees_rates
from timetracking.services.shared import locked, now, require_known, require_same_organization, shorten

EDITABLE = frozenset(
    {
        *("name", "code", "description", "is_billable", "is_private", "currency"),
        *("budget_seconds", "budget_amount", "client_id"),
    }
)


@transaction.atomic
def create_project(
    *,
    organization_id: UUID,
    name: str,
    client_id: UUID | None = None,
    code: str = "",
    description: str = "",
    is_billable: bool = True,
    is_private: bool = False,
    currency: str = "",
    budget_seconds: int | None = None,
    budget_amount: Decimal | None = None,
) -> Project:
    """Raises `OrganizationNotFound`, `ClientNotFound`, `OtherOrganization`, `NotAllowedByPolicy` and `Invalid`."""
    _require_money_right({"budget_amount": budget_amount} if budget_amount is not None else {})
    client = get_client(client_id) if client_id else None
    project = Project(
        organization=get_organization(organization_id),
        client=client,
        name=name.strip(),
        code=code.strip(),
        description=description.strip(),
        is_billable=is_billable,
        is_private=is_private,
        currency=currency,
        budget_seconds=budget_seconds,
        budget_amount=budget_amount,
    )
    require_same_organization(organization_id, client_id=client)
    clean(project)
    project.save(force_insert=True)
    bus.publish(ProjectCreatedEvent(project_id=project.id, organization_id=organization_id, client_id=client_id))
    _let_creator_manage(project)
    return project


@transaction.atomic
def update_project(*, project_id: UUID, values: Mapping[str, Any]) -> Project:
    """Set the given fields; only what differs is written and published, and nothing if nothing does."""
    require_known(values, EDITABLE)
    _require_money_right(values)
    project = _lock(project_id)
    if client_id := values.get("client_id"):
        require_same_organization(project.organization_id, client_id=get_client(client_id))
    if changes := apply_changes(project, values):
        clean(project)
        if any(change.field.startswith("budget_") for change in changes):
            project.budget_reached = 0
        project.save()
        _publish(project, shorten(_masked(changes)))
    return project


@transaction.atomic
def archive_project(*, project_id: UUID, archived: bool = True) -> Project:
    """Put a project away, or take it back; repeating changes nothing."""
    project = _lock(project_id)
    if bool(project.archived_at) != archived:
        project.archived_at = now() if archived else None
        project.save(update_fields=["archived_at", "updated_at"])
        _publish(project, (Change(field="archived", old=not archived, new=archived),))
    return project


@transaction.atomic
def set_member(*, project_id: UUID, employee_id: UUID, is_manager: bool = False) -> ProjectMember:
    """Make an employee a member or a manager of a project; repeating changes nothing.

    A project's managers decide about its members' time, so they may only take in whose time they see already: anybody
    else is not found.
    """
    project = _lock(project_id)
    require_same_organization(project.organization_id, employee_id=person(employee_id).employee)
    member, created = ProjectMember.objects.get_or_create(
        project=project, employee_id=employee_id, defaults={"is_manager": is_manager}
    )
    old = None if created else _standing(is_manager=member.is_manager)
    if old != _standing(is_manager=is_manager):
        member.is_manager = is_manager
        member.save(update_fields=["is_manager"])
        _publish_member(project, employee_id, old, _standing(is_manager=is_manager))
    return member


@transaction.atomic
def remove_member(*, project_id: UUID, employee_id: UUID) -> None:
    """Take an employee out of a project; their time stays. Repeating changes nothing."""
    project = _lock(project_id)
    if member := ProjectMember.objects.filter(project=project, employee_id=employee_id).first():
        member.delete()
        _publish_member(project, employee_id, _standing(is_manager=member.is_manager), None)


def _require_money_right(values: Mapping[str, Any]) -> None:
    if "budget_amount" in values and not sees_rates():
        raise NotAllowedByPolicy(fields={"budget_amount": ["Only owners and administrators set budgets of money."]})


def _lock(project_id: UUID) -> Project:
    """Lock a project that the actor may change; raise `ProjectNotFound` or `NotYourProject`."""
    get_project(project_id)
    if not manages_project(project_id):
        raise NotYourProject
    return locked(Project, project_id, ProjectNotFound)


def _let_creator_manage(project: Project) -> None:
    """Make a manager who creates a project its manager, if they are employed there."""
    if current_role() == Role.MANAGER:
        employed = employees(organization_id=project.organization_id, status=EmployeeStatus.ACTIVE)
        if mine := employed.filter(user_id=actor_id()).first():
            ProjectMember.objects.create(project=project, employee=mine, is_manager=True)
            _publish_member(project, mine.pk, None, _standing(is_manager=True))


def _standing(*, is_manager: bool) -> str:
    return "manager" if is_manager else "member"


def _masked(changes: tuple[Change, ...]) -> list[Change]:
    """Hide amounts of money, which not everybody who may read of the change may see."""
    return [Change(field=one.field, old=None, new=None) if one.field == "budget_amount" else one for one in changes]


def _publish_member(project: Project, employee_id: UUID, old: str | None, new: str | None) -> None:
    _publish(project, (Change(field=f"members.{employee_id}", old=old, new=new),))


def _publish(project: Project, changes: tuple[Change, ...]) -> None:
    bus.publish(ProjectUpdatedEvent(project_id=project.id, organization_id=project.organization_id, changes=changes))
