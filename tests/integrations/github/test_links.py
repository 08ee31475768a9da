"""Links between projects and repositories."""

import pytest

from integrations.models import Integration, RepositoryLink
from tests.factories.integrations import connect
from tests.factories.issues import new_link
from tests.factories.people import Company, found_company
from tests.factories.platform import token_client

pytestmark = pytest.mark.django_db


def test_links_are_made_once_and_of_ones_own(company: Company, integration: Integration, link: RepositoryLink) -> None:
    client, url = token_client(company.owner), "/api/v1/github/repository-links"
    known = {"integration_id": str(integration.id), "project_id": str(link.project_id), "repository": "octo/other"}
    assert client.post(url, known).status_code == 201
    assert client.post(url, known | {"repository": "OCTO/Other"}).json()["code"] == "repository_linked"
    assert client.post(url, known | {"repository": "../../user"}).status_code == 400
    rival = found_company("Rival")
    foreign = new_link(rival, connect(rival))
    for wrong in ({"integration_id": str(foreign.integration_id)}, {"project_id": str(foreign.project_id)}):
        assert client.post(url, known | wrong).status_code == 404
    assert client.patch(f"{url}/{foreign.id}", {"is_active": False}).status_code == 404
    assert len(client.get(url).json()["results"]) == 2
    assert client.patch(f"{url}/{link.id}", {"is_active": False}).json()["is_active"] is False
