"""Employments: they begin, change, end and go on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NotRequired, TypedDict, Unpack
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from employees import selectors
from employees.events import EmployeeCreatedEvent, EmployeeEndedEvent, EmployeeRestoredEvent, EmployeeUpdatedEvent
from employees.exceptions import EmployeeExists, EmployeeNotFound, ExternalIdTaken
from employees.models import Employee
from gauzy import context
from gauzy import eventbus as bus
from gauzy.exceptions import BulkRefused, DomainError, Invalid
from gauzy.organizations.exceptions import OrganizationNotFound
from gauzy.tenancy.changes import apply_changes
from gauzy.tenancy.choices import Role
from gauzy.tenancy.selectors import active_memberships
from gauzy.tenancy.services import add_member, add_members
from gauzy.tenancy.validation import clean
from gauzy.users.choices import UserSource
from gauzy.users.services import draft_user, end_access, find_or_create_users

EDITABLE = frozenset({"first_name", "last_name", "job_title", "time_zone", "start_date", "external_id"})


class NewEmployee(TypedDict):
    """What is known of a person who is to become an employee."""

    organization_id: UUID
    email: str
    first_name: str
    last_name: str
    start_date: NotRequired[date | None]
    job_title: NotRequired[str]
    time_zone: NotRequired[str]
    external_id: NotRequired[str]


def create_employee(*, source: UserSource = UserSource.EMPLOYEE, **person: Unpack[NewEmployee]) -> Employee:
    """Make the person of that e-mail an employee, and a user and member if they are not.

    Raises `OrganizationNotFound`, `Invalid`, `EmployeeExists` and `ExternalIdTaken`. Nothing in the result tells
    whether the user existed before.
    """
    [outcome] = create_employees(items=[person], atomic=False, source=source)
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


@transaction.atomic
def create_employees(
    *, items: Sequence[NewEmployee | DomainError], atomic: bool = True, source: UserSource = UserSource.EMPLOYEE
) -> list[Employee | DomainError]:
    """Create several employees; return for each item its employee or its refusal, in the same order.

    An item may be the refusal that its reader already met. atomic: one refusal undoes them all, and `BulkRefused`
    names every item at fault. On PostgreSQL the number of statements is the same for one item and for many.
    """
    outcomes = _create(items, source)
    refusals = {index: outcome for index, outcome in enumerate(outcomes) if isinstance(outcome, DomainError)}
    if atomic and refusals:
        raise BulkRefused(refusals)
    return outcomes


@transaction.atomic
def update_employee(*, employee_id: UUID, values: Mapping[str, Any]) -> Employee:
    """Set the given fields; only what differs is written and published, and nothing if nothing does."""
    if unknown := values.keys() - EDITABLE:
        raise TypeError(f"update_employee cannot set {', '.join(sorted(unknown))}.")
    employee = _lock(employee_id)
    if changes := apply_changes(employee, values):
        clean(employee)
        _save(employee, (change.field for change in changes))
        bus.publish(
            EmployeeUpdatedEvent(employee_id=employee.id, organization_id=employee.organization_id, changes=changes)
        )
    return employee


@transaction.atomic
def end_employee(*, employee_id: UUID, reason: str = "") -> Employee:
    """End an employment now, and an employee's access to the tenant with the last one; repeating changes nothing."""
    employee = _lock(employee_id)
    if employee.ended_at:
        return employee
    employee.ended_at, employee.end_reason = timezone.now().replace(microsecond=0), reason.strip()
    clean(employee)
    employee.save(update_fields=["ended_at", "end_reason", "updated_at"])
    _end_access_unless_held(employee)
    bus.publish(
        EmployeeEndedEvent(
            employee_id=employee.id,
            organization_id=employee.organization_id,
            ended_at=employee.ended_at,
            reason=employee.end_reason,
        )
    )
    return employee


@transaction.atomic
def restore_employee(*, employee_id: UUID) -> Employee:
    """Take back an end; the person may sign in again. An employment that goes on is left as it is."""
    employee = _lock(employee_id)
    if not employee.ended_at:
        return employee
    employee.ended_at, employee.end_reason = None, ""
    employee.save(update_fields=["ended_at", "end_reason", "updated_at"])
    add_member(tenant_id=context.tenant_id(), user_id=employee.user_id, role=Role.EMPLOYEE)
    bus.publish(EmployeeRestoredEvent(employee_id=employee.id, organization_id=employee.organization_id))
    return employee


def _create(items: Sequence[NewEmployee | DomainError], source: UserSource) -> list[Employee | DomainError]:
    try:
        with transaction.atomic():
            return _create_together(items, source)
    except IntegrityError:
        # A parallel transaction was quicker with one of them. Alone, each sees whether it was that one.
        if len(items) == 1:
            return _create_together(items, source)
        return [outcome for item in items for outcome in _create([item], source)]


def _create_together(items: Sequence[NewEmployee | DomainError], source: UserSource) -> list[Employee | DomainError]:
    outcomes = list(_judge([_draft_or_refuse(item) for item in items]))
    if new := [outcome for outcome in outcomes if isinstance(outcome, Employee)]:
        users = find_or_create_users(drafts=[employee.user for employee in new], source=source)
        for employee in new:
            employee.user = users[employee.user.email]
        Employee.objects.bulk_create(new)
        user_ids = {employee.user_id for employee in new}
        add_members(tenant_id=context.tenant_id(), user_ids=user_ids, role=Role.EMPLOYEE)
        bus.publish_many([_created(employee) for employee in new])
    return outcomes


def _draft_or_refuse(item: NewEmployee | DomainError) -> Employee | DomainError:
    if isinstance(item, DomainError):
        return item
    try:
        return _draft(**item)
    except Invalid as refusal:
        return refusal


def _draft(**person: Unpack[NewEmployee]) -> Employee:
    names = {"first_name": person["first_name"].strip(), "last_name": person["last_name"].strip()}
    employee = Employee(
        **names,
        organization_id=person["organization_id"],
        start_date=person.get("start_date"),
        job_title=person.get("job_title", "").strip(),
        time_zone=person.get("time_zone", "").strip(),
        external_id=person.get("external_id", "").strip(),
    )
    clean(employee)
    employee.user = draft_user(email=person["email"], **names)
    return employee


def _judge(drafts: Sequence[Employee | DomainError]) -> Iterator[Employee | DomainError]:
    """Yield each draft that can be inserted after those before it, or its refusal."""
    taken = selectors.taken_among([draft for draft in drafts if isinstance(draft, Employee)])
    for draft in drafts:
        if isinstance(draft, DomainError):
            yield draft
        elif refusal := _find_refusal(draft, taken):
            yield refusal
        else:
            taken.add(draft)
            yield draft


def _find_refusal(draft: Employee, taken: selectors.Taken) -> DomainError | None:
    if draft.organization_id not in taken.organizations:
        return OrganizationNotFound(fields={"organization_id": [OrganizationNotFound.message]})
    if (draft.organization_id, draft.user.email) in taken.people:
        return EmployeeExists(fields={"email": [EmployeeExists.message]})
    if (draft.organization_id, draft.external_id) in taken.external_ids:
        return ExternalIdTaken(fields={"external_id": [ExternalIdTaken.message]})
    return None


def _created(employee: Employee) -> EmployeeCreatedEvent:
    return EmployeeCreatedEvent(
        employee_id=employee.id, organization_id=employee.organization_id, user_id=employee.user_id
    )


def _lock(employee_id: UUID) -> Employee:
    employee: Employee | None = (
        Employee.objects.select_for_update(of=("self",), no_key=True)
        .select_related("user")
        .filter(pk=employee_id)
        .first()
    )
    if employee is None:
        raise EmployeeNotFound
    return employee


def _save(employee: Employee, fields: Iterable[str]) -> None:
    try:
        with transaction.atomic():
            employee.save(update_fields=[*fields, "updated_at"])
    except IntegrityError as error:
        raise ExternalIdTaken(fields={"external_id": [ExternalIdTaken.message]}) from error


def _end_access_unless_held(employee: Employee) -> None:
    """Another employment holds the membership, and so does a role that did not come from one."""
    memberships = active_memberships(employee.user_id).filter(tenant_id=context.tenant_id(), role=Role.EMPLOYEE)
    # Under its lock, two employments that end at once, or one that begins meanwhile, see each other.
    locked = memberships.select_for_update(of=("self",), no_key=True).first()
    if locked and not selectors.is_employed(employee.user_id):
        end_access(tenant_id=context.tenant_id(), user_id=employee.user_id)
