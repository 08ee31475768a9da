"""Issues become tasks, whatever their order and however often they are told of."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from gauzy.eventbus.models import StoredEvent
from gauzy.eventbus.testing import deliver_all, recorded_events
from integrations.models import ExternalId, Integration, RepositoryLink
from integrations.services.connecting import update_integration
from integrations.services.repositories import link_repository, update_link
from tests.factories.github import SECRET, deliver
from tests.factories.integrations import connect
from tests.factories.issues import at, both_ways, names_of, new_link, task, tell
from tests.factories.people import Company, acting_for, found_company
from tests.support.github_api import GitHubApi
from timetracking.choices import TaskStatus
from timetracking.models import Task
from timetracking.services.projects import archive_project
from timetracking.services.tasks import update_task

pytestmark = pytest.mark.django_db


def test_an_issue_becomes_a_task_and_follows_it(
    integration: Integration, link: RepositoryLink, github: GitHubApi
) -> None:
    tell(integration, github, "opened", 12, title="Broken", body="It is.", labels=[{"name": "Bug"}])
    deliver_all()
    found = task()
    assert (found.title, found.description, found.status) == ("Broken", "It is.", TaskStatus.OPEN)
    assert (found.project_id, names_of(found)) == (link.project_id, {"Bug"})
    mapped = ExternalId.unscoped.get(internal_id=found.id)
    assert (mapped.reference, mapped.external_id) == ("octo/widgets#12", f"1012/{link.project_id}")
    steps: list[tuple[str, dict[str, Any], Any]] = [
        ("edited", {"title": "Very broken"}, lambda now: now.title == "Very broken"),
        ("labeled", {"labels": [{"name": "Bug"}, {"name": "Now"}]}, lambda now: names_of(now) == {"Bug", "Now"}),
        ("unlabeled", {"labels": []}, lambda now: names_of(now) == set()),
        ("assigned", {"assignees": [{"login": "octo"}]}, lambda now: now.title == "Very broken"),
        ("closed", {"state": "closed"}, lambda now: now.status == TaskStatus.DONE),
        ("reopened", {"state": "open"}, lambda now: now.status == TaskStatus.OPEN),
        ("unassigned", {"assignees": []}, lambda now: now.status == TaskStatus.OPEN),
    ]
    for minute, (action, values, expected) in enumerate(steps, start=1):
        tell(integration, github, action, 12, updated_at=at(minute), **values)
        deliver_all()
        assert expected(task()), action
    tell(integration, github, "deleted", 12, updated_at=at(30))
    deliver_all()
    assert task().archived_at


def test_what_comes_from_github_acts_as_the_integration_and_is_not_told_back(
    company: Company, integration: Integration, link: RepositoryLink, github: GitHubApi
) -> None:
    both_ways(company, integration)
    tell(integration, github, "opened", 12)
    tell(integration, github, "edited", 12, title="Changed", updated_at=at(1))
    deliver_all()
    events = StoredEvent.objects.filter(name__startswith="timetracking.task")
    assert {(event.actor_kind, event.actor_id) for event in events} == {("integration", integration.id)}
    assert not github.received


def test_the_order_of_deliveries_does_not_matter(
    integration: Integration, link: RepositoryLink, github: GitHubApi
) -> None:
    tell(integration, github, "edited", 12, title="Third", updated_at=at(3))
    deliver_all()
    tell(integration, github, "opened", 12, title="First", updated_at=at(1))
    tell(integration, github, "edited", 12, title="Second", updated_at=at(2))
    with recorded_events() as events:
        deliver_all()
    assert task().title == "Third"
    assert not [event for event in events if "Task" in type(event).__name__]


def test_what_is_gone_is_not_revived_by_late_news(
    integration: Integration, link: RepositoryLink, github: GitHubApi
) -> None:
    tell(integration, github, "deleted", 12, updated_at=at(5))
    deliver_all()
    tell(integration, github, "opened", 12, updated_at=at(1))
    tell(integration, github, "edited", 12, updated_at=at(9))
    deliver_all()
    assert not Task.unscoped.exists()


def test_work_that_goes_on_stays_as_far_as_it_is(
    company: Company, integration: Integration, link: RepositoryLink, github: GitHubApi
) -> None:
    tell(integration, github, "opened", 12)
    deliver_all()
    with acting_for(company):
        update_task(task_id=task().id, values={"status": TaskStatus.IN_PROGRESS})
    tell(integration, github, "edited", 12, title="Changed", updated_at=at(1))
    deliver_all()
    assert (task().title, task().status) == ("Changed", TaskStatus.IN_PROGRESS)


def test_two_projects_on_one_repository_are_both_served(
    company: Company, integration: Integration, link: RepositoryLink, github: GitHubApi
) -> None:
    other = new_link(company, integration)
    tell(integration, github, "opened", 12)
    tell(integration, github, "closed", 12, state="closed", updated_at=at(1))
    deliver_all()
    found = {one.project_id: one.status for one in Task.unscoped.all()}
    assert found == {link.project_id: TaskStatus.DONE, other.project_id: TaskStatus.DONE}


def test_only_issues_with_the_links_label_become_tasks(
    company: Company, integration: Integration, github: GitHubApi
) -> None:
    new_link(company, integration, sync_label="Gauzy")
    tell(integration, github, "opened", 1)
    tell(integration, github, "opened", 2, labels=[{"name": "gauzy"}])
    deliver_all()
    assert task().title == "Issue 2"


@pytest.mark.parametrize("how_off", ["paused link", "direction", "other repository"])
def test_where_nothing_is_linked_nothing_comes_in(
    company: Company, integration: Integration, link: RepositoryLink, github: GitHubApi, how_off: str
) -> None:
    with acting_for(company):
        if how_off == "paused link":
            update_link(link_id=link.id, values={"is_active": False})
        elif how_off == "direction":
            update_integration(integration_id=integration.id, entities={"task": "out"})
        else:
            github.full_name = "octo/gadgets"
    tell(integration, github, "opened", 12)
    deliver_all()
    assert not Task.unscoped.exists()


def test_a_renamed_repository_is_recognised(integration: Integration, link: RepositoryLink, github: GitHubApi) -> None:
    tell(integration, github, "opened", 12)
    deliver_all()
    github.full_name = "octo/gadgets"
    tell(integration, github, "edited", 12, title="Renamed", updated_at=at(1))
    deliver_all()
    link.refresh_from_db()
    assert (task().title, link.repository, link.repository_id) == ("Renamed", "octo/gadgets", 7)


def test_an_archived_project_does_not_keep_the_others_from_being_served(
    company: Company, integration: Integration, link: RepositoryLink, github: GitHubApi
) -> None:
    other = new_link(company, integration)
    with acting_for(company):
        archive_project(project_id=link.project_id)
    tell(integration, github, "opened", 12)
    deliver_all()
    assert task().project_id == other.project_id


@pytest.mark.parametrize("linked", [True, False])
def test_a_transferred_issue_takes_its_task_along_where_it_can(
    company: Company, integration: Integration, link: RepositoryLink, github: GitHubApi, linked: bool
) -> None:
    tell(integration, github, "opened", 12)
    deliver_all()
    if linked:
        with acting_for(company):
            link_repository(integration_id=integration.id, project_id=link.project_id, repository="octo/new")
    moved = github.issues[12] | {"id": 5000, "number": 1, "updated_at": at(5)}
    changes = {"new_issue": moved, "new_repository": {"id": 8, "full_name": "octo/new"}}
    payload = {"action": "transferred", "issue": github.issues[12], "repository": github.repository, "changes": changes}
    deliver(integration, "issues", payload)
    deliver_all()
    assert bool(task().archived_at) != linked
    references = set(ExternalId.unscoped.filter(internal_id=task().id).values_list("reference", flat=True))
    assert references == ({"octo/new#1"} if linked else set())


@pytest.mark.django_db(transaction=True)
def test_many_deliveries_of_one_issue_at_once_make_one_task(
    integration: Integration, link: RepositoryLink, github: GitHubApi
) -> None:
    for minute in range(8):
        tell(integration, github, "edited", 12, title=f"Title {minute}", updated_at=at(minute))

    def work(_: int) -> None:
        try:
            deliver_all()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))
    deliver_all()
    assert task().title == "Title 7"


def test_another_tenants_link_is_not_served(company: Company, link: RepositoryLink, github: GitHubApi) -> None:
    rival = found_company("Rival")
    theirs = connect(rival, secrets={"webhook_secret": SECRET})
    tell(theirs, github, "opened", 12)
    deliver_all()
    assert not Task.unscoped.exists()


@pytest.mark.parametrize("label", ["out", "off"])
def test_labels_come_in_only_where_they_are_to(
    company: Company, integration: Integration, link: RepositoryLink, github: GitHubApi, label: str
) -> None:
    with acting_for(company):
        update_integration(integration_id=integration.id, entities={"task": "both", "label": label})
    tell(integration, github, "opened", 12, labels=[{"name": "Bug"}])
    deliver_all()
    assert names_of(task()) == set()
