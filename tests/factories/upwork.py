"""Users who sign in at Upwork, through the services."""

from urllib.parse import parse_qs, urlsplit

from integrations.models import Integration
from integrations.services.upwork_access import finish_connecting, start_connecting
from tests.factories.people import Company, acting_for
from tests.support.upwork_api import CODE

SESSION = "session of the owner"


def sign_in(company: Company, integration: Integration) -> Integration:
    """Connect an integration as the company's owner."""
    with acting_for(company):
        state = state_in(start_connecting(integration_id=integration.id, session=SESSION))
        return finish_connecting(integration_id=integration.id, session=SESSION, state=state, code=CODE)


def state_in(url: str) -> str:
    return parse_qs(urlsplit(url).query)["state"][0]
