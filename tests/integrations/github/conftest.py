"""A company whose project is linked with a repository of a GitHub of our own."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from integrations.models import Integration, RepositoryLink
from tests.factories.github import SECRET
from tests.factories.integrations import connect
from tests.factories.issues import new_link
from tests.factories.people import Company
from tests.support.github_api import GitHubApi


@pytest.fixture
def github(settings: Settings) -> Iterator[GitHubApi]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with GitHubApi() as api:
        settings.GITHUB_API_URL = api.base_url
        yield api


@pytest.fixture
def integration(company: Company) -> Integration:
    return connect(company, secrets={"webhook_secret": SECRET, "token": "ghp_mine"})


@pytest.fixture
def link(company: Company, integration: Integration) -> RepositoryLink:
    return new_link(company, integration)
