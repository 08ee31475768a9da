import pytest
from pytest_django import Settings

from tests.factories.people import Company, found_company


@pytest.fixture
def company(db: None) -> Company:
    return found_company()


@pytest.fixture(autouse=True)
def mail_stays_here(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
