"""What the database holds when two do the same at once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from employees.choices import Verdict
from employees.events import EmployeeCreatedEvent
from employees.exceptions import EmployeeExists, ExternalIdTaken
from employees.importing import ImportReport, import_employees
from employees.models import Employee
from employees.services import end_employee
from gauzy.eventbus.testing import recorded_events
from gauzy.organizations.services import create_organization
from gauzy.users.events import UserRegisteredEvent
from gauzy.users.models import User
from tests.factories.people import Company, acting_for, found_company, hire, membership_of

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

THREADS = 4


@pytest.fixture
def company(transactional_db: None) -> Company:
    return found_company()


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run the works in threads that start together; return their results, or the exceptions they raised."""
    start = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        try:
            start.wait()
            return work()
        except Exception as error:  # noqa: BLE001  the caller judges it
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_creating_one_person_in_parallel_makes_one_employee(company: Company) -> None:
    with recorded_events() as events:
        results = at_once(*[lambda: hire(company, email="ada@example.org")] * THREADS)
    assert Employee.unscoped.count() == 1
    assert User.objects.filter(email="ada@example.org").count() == 1
    assert Counter(map(type, results)) == {Employee: 1, EmployeeExists: THREADS - 1}
    assert len(events.of(EmployeeCreatedEvent)) == len(events.of(UserRegisteredEvent)) == 1


@pytest.mark.parametrize("attempt", range(3))
def test_two_imports_of_overlapping_files_at_once_create_each_person_once(company: Company, attempt: int) -> None:
    def run(numbers: range) -> ImportReport:
        lines = "".join(f"p{number}@example.org,P,{number},{number}\n" for number in numbers)
        content = f"email,first_name,last_name,external_id\n{lines}".encode()
        with acting_for(company):
            return import_employees(content=content, organization_id=company.organization.id)

    with recorded_events() as events:
        reports = at_once(lambda: run(range(300)), lambda: run(range(299, -1, -1)))
    assert sum(report.count(Verdict.CREATED) for report in reports) == 300
    assert sum(report.count(Verdict.EXISTS) for report in reports) == 300
    assert Employee.unscoped.count() == 300
    assert len(events.of(EmployeeCreatedEvent)) == len(events.of(UserRegisteredEvent)) == 300


def test_a_person_hired_by_two_tenants_at_once_is_one_user(company: Company) -> None:
    other = found_company("Elsewhere")
    with recorded_events() as events:
        first, second = at_once(
            lambda: hire(company, email="ada@example.org"), lambda: hire(other, email="ada@example.org")
        )
    assert first.user_id == second.user_id
    assert len(events.of(UserRegisteredEvent)) == 1


def test_an_external_id_that_several_take_at_once_goes_to_one(company: Company) -> None:
    with recorded_events() as events:
        results = at_once(*[lambda: hire(company, external_id="7")] * THREADS)
    assert Counter(map(type, results)) == {Employee: 1, ExternalIdTaken: THREADS - 1}
    assert len(events.of(UserRegisteredEvent)) == len(events.of(EmployeeCreatedEvent)) == 1


def end(company: Company, employee: Employee) -> None:
    with acting_for(company):
        end_employee(employee_id=employee.id)


@pytest.mark.parametrize("attempt", range(5))
def test_the_end_of_both_employments_at_once_closes_access(company: Company, attempt: int) -> None:
    with acting_for(company):
        other = create_organization(name="Other")
    first = hire(company, email="ada@example.org")
    second = hire(company, email="ada@example.org", organization_id=other.id)
    assert at_once(lambda: end(company, first), lambda: end(company, second)) == [None, None]
    assert not membership_of(first).is_active


@pytest.mark.parametrize("attempt", range(5))
def test_a_new_employment_during_the_end_of_another_keeps_access(company: Company, attempt: int) -> None:
    with acting_for(company):
        other = create_organization(name="Other")
    first = hire(company, email="ada@example.org")
    ended, second = at_once(
        lambda: end(company, first), lambda: hire(company, email="ada@example.org", organization_id=other.id)
    )
    assert ended is None
    assert membership_of(second).is_active


def test_ending_twice_at_once_publishes_once(company: Company) -> None:
    employee = hire(company)
    with recorded_events() as events:
        assert at_once(*[lambda: end(company, employee)] * THREADS) == [None] * THREADS
    assert len(events) == 1
