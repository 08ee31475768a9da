"""A company that is connected with an Upwork of our own."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from integrations.choices import Provider
from integrations.models import Integration
from tests.factories.integrations import connect
from tests.factories.people import Company
from tests.factories.upwork import sign_in
from tests.support.upwork_api import CLIENT_ID, CLIENT_SECRET, UpworkApi


@pytest.fixture
def upwork(settings: Settings) -> Iterator[UpworkApi]:
    with UpworkApi() as api:
        settings.UPWORK_URL, settings.UPWORK_API_URL = api.base_url, f"{api.base_url}/graphql"
        settings.UPWORK_BACKOFF = 0.0
        yield api


@pytest.fixture
def fresh(company: Company) -> Integration:
    """One that has a key, and is not connected yet."""
    return connect(company, Provider.UPWORK, secrets={"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET})


@pytest.fixture
def integration(company: Company, fresh: Integration, upwork: UpworkApi) -> Integration:
    return sign_in(company, fresh)
