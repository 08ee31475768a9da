import pytest

from employees.models import Employee
from tests.factories.people import Company, found_company, hire


@pytest.fixture
def company(db: None) -> Company:
    return found_company()


@pytest.fixture
def ada(company: Company) -> Employee:
    return hire(company)
