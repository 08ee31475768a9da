import pytest

from tests.factories.people import Company, found_company
from tests.notifications.conftest import mail_server, no_mail_server

__all__ = ["company", "mail_server", "no_mail_server"]


@pytest.fixture
def company(db: None) -> Company:
    return found_company()
