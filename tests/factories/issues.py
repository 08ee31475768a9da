"""Issues of a repository that is linked with a project, and the tasks they are."""

from typing import Any
from uuid import UUID

from integrations.models import Integration, RepositoryLink
from integrations.services.connecting import update_integration
from integrations.services.repositories import link_repository
from tests.factories.github import deliver
from tests.factories.people import Company, acting_for
from tests.support.github_api import GitHubApi
from timetracking.models import Task
from timetracking.services.projects import create_project
from timetracking.services.tasks import create_task


def new_link(company: Company, integration: Integration, **values: Any) -> RepositoryLink:
    with acting_for(company):
        project = create_project(organization_id=company.organization.id, name="Widgets")
        given = {"repository": "octo/widgets"} | values
        return link_repository(integration_id=integration.id, project_id=project.id, **given)


def both_ways(company: Company, integration: Integration) -> None:
    with acting_for(company):
        update_integration(integration_id=integration.id, entities={"task": "both", "label": "both"})


def tell(integration: Integration, github: GitHubApi, action: str, number: int, **values: Any) -> None:
    """Let people at GitHub do something with an issue, and GitHub tell of it; nothing is processed yet."""
    issue = github.put_issue(number, **values)
    deliver(integration, "issues", {"action": action, "issue": issue, "repository": github.repository})


def at(minute: int) -> str:
    return f"2026-03-02T09:{minute:02}:00Z"


def task() -> Task:
    found: Task = Task.unscoped.get()
    return found


def names_of(found: Task) -> set[str]:
    return set(found.tags(manager="unscoped").values_list("name", flat=True))


def new_task(company: Company, link: RepositoryLink, **values: Any) -> UUID:
    with acting_for(company):
        made = create_task(project_id=link.project_id, **({"title": "Ours", "description": "Do it."} | values))
    id: UUID = made.id
    return id
