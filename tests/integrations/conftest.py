import pytest

from tests.factories.people import Company, found_company


@pytest.fixture
def company(db: None) -> Company:
    return found_company()
