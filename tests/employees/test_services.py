from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from employees.choices import EmployeeStatus
from employees.events import EmployeeCreatedEvent, EmployeeEndedEvent, EmployeeRestoredEvent, EmployeeUpdatedEvent
from employees.exceptions import EmployeeExists, EmployeeNotFound, ExternalIdTaken
from employees.models import Employee
from employees.services import (
    NewEmployee,
    create_employees,
    end_employee,
    restore_employee,
    update_employee,
)
from gauzy.eventbus import Change
from gauzy.eventbus.testing import assert_published, recorded_events
from gauzy.exceptions import BulkRefused, Invalid
from gauzy.organizations.exceptions import OrganizationNotFound
from gauzy.organizations.services import create_organization
from gauzy.tenancy.choices import Role
from gauzy.users.choices import UserSource
from gauzy.users.events import UserRegisteredEvent
from gauzy.users.models import User
from gauzy.users.selectors import find_usable_token
from gauzy.users.services import issue_token
from tests.factories.people import Company, acting_for, found_company, hire, membership_of
from tests.factories.platform import new_member

pytestmark = pytest.mark.django_db


def person(company: Company, email: str) -> NewEmployee:
    return NewEmployee(organization_id=company.organization.id, email=email, first_name="Ada", last_name="Lovelace")


# --- creating ---------------------------------------------------------------------------------------------------------


def test_creating_makes_user_member_and_employee(company: Company) -> None:
    with recorded_events() as events:
        employee = hire(company, email=" Ada@Example.COM ", job_title="Analyst", start_date=date(2026, 3, 2))
    assert (employee.user.email, employee.user.first_name) == ("ada@example.com", "Ada")
    assert not employee.user.has_usable_password()
    assert (employee.job_title, employee.start_date) == ("Analyst", date(2026, 3, 2))
    assert employee.status == EmployeeStatus.ACTIVE
    membership = membership_of(employee)
    assert (membership.role, membership.is_active) == (Role.EMPLOYEE, True)
    assert events == [
        UserRegisteredEvent(tenant_id=company.tenant_id, user_id=employee.user_id, source=UserSource.EMPLOYEE),
        EmployeeCreatedEvent(
            tenant_id=company.tenant_id,
            employee_id=employee.id,
            organization_id=company.organization.id,
            user_id=employee.user_id,
        ),
    ]


def test_a_user_who_exists_is_found_and_keeps_their_name(company: Company) -> None:
    elsewhere = hire(found_company("Elsewhere"), email="ada@example.com", first_name="Augusta")
    with recorded_events() as events:
        employee = hire(company, email="ada@example.com", first_name="Ada")
    assert employee.user_id == elsewhere.user_id
    assert User.objects.get(pk=employee.user_id).first_name == "Augusta"
    assert employee.first_name == "Ada"
    assert not events.of(UserRegisteredEvent)
    assert len(events.of(EmployeeCreatedEvent)) == 1


def test_whoever_has_a_role_keeps_it_when_they_become_an_employee(company: Company) -> None:
    employee = hire(company, email=company.owner.user.email)
    assert membership_of(employee).role == Role.OWNER


def test_a_second_employment_in_the_organization_is_refused(company: Company) -> None:
    hire(company, email="ada@example.com")
    with recorded_events() as events, pytest.raises(EmployeeExists) as refusal:
        hire(company, email="ADA@example.com")
    assert (refusal.value.code, list(refusal.value.fields)) == ("employee_exists", ["email"])
    assert not events


def test_a_person_may_work_for_two_organizations(company: Company) -> None:
    first = hire(company, email="ada@example.com")
    with acting_for(company):
        other = create_organization(name="Other")
    second = hire(company, email="ada@example.com", organization_id=other.id)
    assert first.user_id == second.user_id


def test_an_external_id_is_taken_once_per_organization_unless_empty(company: Company) -> None:
    hire(company, external_id="7")
    with recorded_events() as events, pytest.raises(ExternalIdTaken) as refusal:
        hire(company, email="late@example.com", external_id="7")
    assert list(refusal.value.fields) == ["external_id"]
    assert not events
    assert not User.objects.filter(email="late@example.com").exists()
    hire(company, external_id="")
    hire(company, external_id="")
    hire(found_company("Elsewhere"), external_id="7")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no address"),
        ("first_name", " "),
        ("last_name", "x" * 101),
        ("time_zone", "Europe/Atlantis"),
        ("job_title", "x" * 201),
    ],
)
def test_invalid_values_are_refused_by_field(company: Company, field: str, value: str) -> None:
    with recorded_events() as events, pytest.raises(Invalid) as refusal:
        hire(company, **{field: value})
    assert list(refusal.value.fields) == [field]
    assert not events
    assert not Employee.unscoped.exists()


def test_another_tenants_organization_is_unknown(company: Company) -> None:
    foreign = found_company("Elsewhere").organization.id
    for organization_id in (foreign, uuid4()):
        with recorded_events() as events, pytest.raises(OrganizationNotFound) as refusal:
            hire(company, organization_id=organization_id)
        assert list(refusal.value.fields) == ["organization_id"]
        assert not events


def test_bulk_creates_all_or_names_every_item_at_fault(company: Company) -> None:
    hire(company, email="ada@example.com")
    items = [
        person(company, "new@example.com"),
        person(company, "ada@example.com"),
        person(company, "nobody"),
    ]
    with acting_for(company), recorded_events() as events, pytest.raises(BulkRefused) as refusal:
        create_employees(items=items)
    assert list(refusal.value.fields) == ["items.1.email", "items.2.email"]
    assert not events
    assert not User.objects.filter(email="new@example.com").exists()


def test_bulk_per_item_keeps_what_is_good(company: Company) -> None:
    items = [person(company, "a@example.com"), person(company, "nobody"), person(company, "a@example.com")]
    with acting_for(company), recorded_events() as events:
        created, refused, repeated = create_employees(items=items, atomic=False)
    assert isinstance(created, Employee)
    assert isinstance(refused, Invalid)
    assert isinstance(repeated, EmployeeExists)
    assert [event.employee_id for event in events.of(EmployeeCreatedEvent)] == [created.id]


@pytest.mark.postgres
def test_bulk_takes_the_same_statements_for_few_and_for_many(company: Company) -> None:
    statements = []
    for number in (2, 50):
        items = [person(company, f"p{number}-{index}@example.org") for index in range(number)]
        with acting_for(company), CaptureQueriesContext(connection) as captured:
            create_employees(items=items)
        statements.append(len(captured))
    assert statements[0] == statements[1]


# --- updating ---------------------------------------------------------------------------------------------------------


def test_updating_publishes_what_really_changed(company: Company) -> None:
    employee = hire(company, job_title="Analyst", start_date=date(2026, 3, 2))
    values = {"job_title": "Countess ", "first_name": "Ada", "start_date": date(2026, 4, 1)}
    with acting_for(company), recorded_events() as events:
        update_employee(employee_id=employee.id, values=values)
    stored = Employee.unscoped.get(pk=employee.id)
    assert (stored.job_title, stored.start_date) == ("Countess", date(2026, 4, 1))
    assert stored.updated_at > employee.updated_at
    assert events == [
        EmployeeUpdatedEvent(
            tenant_id=company.tenant_id,
            employee_id=employee.id,
            organization_id=company.organization.id,
            changes=(
                Change(field="job_title", old="Analyst", new="Countess"),
                Change(field="start_date", old="2026-03-02", new="2026-04-01"),
            ),
        )
    ]


def test_an_update_that_changes_nothing_publishes_nothing(company: Company) -> None:
    employee = hire(company, job_title="Analyst")
    with acting_for(company), recorded_events() as events:
        update_employee(employee_id=employee.id, values={"job_title": "Analyst", "first_name": " Ada "})
    assert not events
    assert Employee.unscoped.get(pk=employee.id).updated_at == employee.updated_at


def test_an_update_cannot_take_anothers_external_id(company: Company) -> None:
    hire(company, external_id="7")
    employee = hire(company)
    with acting_for(company), recorded_events() as events, pytest.raises(ExternalIdTaken):
        update_employee(employee_id=employee.id, values={"external_id": "7"})
    assert not events


def test_an_update_sets_no_state(company: Company) -> None:
    employee = hire(company)
    with acting_for(company), pytest.raises(TypeError, match="ended_at"):
        update_employee(employee_id=employee.id, values={"ended_at": None})


# --- ending and restoring ---------------------------------------------------------------------------------------------


def test_ending_closes_access_and_keeps_the_employee(company: Company) -> None:
    employee = hire(company)
    secret = issue_token(membership=membership_of(employee)).secret
    before = datetime.now(UTC).replace(microsecond=0)
    with acting_for(company), recorded_events() as events:
        ended = end_employee(employee_id=employee.id, reason=" Retired ")
    assert ended.status == EmployeeStatus.ENDED
    assert ended.ended_at is not None
    assert ended.ended_at >= before
    assert ended.ended_at.microsecond == 0
    assert not membership_of(employee).is_active
    assert find_usable_token(secret) is None
    assert events == [
        EmployeeEndedEvent(
            tenant_id=company.tenant_id,
            employee_id=employee.id,
            organization_id=company.organization.id,
            ended_at=ended.ended_at,
            reason="Retired",
        )
    ]


def test_ending_again_changes_nothing(company: Company) -> None:
    employee = hire(company)
    with acting_for(company):
        first = end_employee(employee_id=employee.id, reason="Retired")
        with recorded_events() as events:
            second = end_employee(employee_id=employee.id, reason="Fired")
    assert not events
    assert (second.ended_at, second.end_reason) == (first.ended_at, "Retired")


def test_another_employment_in_the_tenant_holds_the_tokens(company: Company) -> None:
    first = hire(company, email="ada@example.com")
    with acting_for(company):
        other = create_organization(name="Other")
    second = hire(company, email="ada@example.com", organization_id=other.id)
    secret = issue_token(membership=membership_of(first)).secret
    with acting_for(company):
        end_employee(employee_id=first.id)
        assert find_usable_token(secret) is not None
        end_employee(employee_id=second.id)
    assert find_usable_token(secret) is None


def test_an_employment_in_another_tenant_is_not_touched(company: Company) -> None:
    employee = hire(company, email="ada@example.com")
    elsewhere = hire(found_company("Elsewhere"), email="ada@example.com")
    secret = issue_token(membership=membership_of(elsewhere)).secret
    with acting_for(company):
        end_employee(employee_id=employee.id)
    assert find_usable_token(secret) is not None


def test_another_role_in_the_tenant_holds_the_tokens(company: Company) -> None:
    manager = new_member(company.owner, Role.MANAGER)
    secret = issue_token(membership=manager).secret
    employee = hire(company, email=manager.user.email)
    with acting_for(company):
        end_employee(employee_id=employee.id)
    assert find_usable_token(secret) is not None


def test_restoring_opens_access_but_no_old_token(company: Company) -> None:
    employee = hire(company)
    secret = issue_token(membership=membership_of(employee)).secret
    with acting_for(company):
        end_employee(employee_id=employee.id, reason="By mistake")
        with recorded_events() as events:
            restored = restore_employee(employee_id=employee.id)
    assert (restored.status, restored.end_reason) == (EmployeeStatus.ACTIVE, "")
    assert membership_of(employee).is_active
    assert find_usable_token(secret) is None
    assert_published(EmployeeRestoredEvent, employee_id=employee.id)
    assert len(events) == 1


def test_restoring_who_never_left_changes_nothing(company: Company) -> None:
    employee = hire(company)
    with acting_for(company), recorded_events() as events:
        restore_employee(employee_id=employee.id)
    assert not events


def test_a_foreign_employee_is_unknown_to_every_service(company: Company) -> None:
    foreign = hire(found_company("Elsewhere"))
    with acting_for(company), recorded_events() as events:
        for unknown in (foreign.id, uuid4()):
            with pytest.raises(EmployeeNotFound):
                update_employee(employee_id=unknown, values={"job_title": "Spy"})
            with pytest.raises(EmployeeNotFound):
                end_employee(employee_id=unknown)
            with pytest.raises(EmployeeNotFound):
                restore_employee(employee_id=unknown)
    assert not events
    assert Employee.unscoped.get(pk=foreign.id).job_title == ""
