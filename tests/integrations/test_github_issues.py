"""Issues and tasks, both ways, against a GitHub of our own."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from pytest_django import Settings

from gauzy.eventbus.models import Delivery, Failure, Pause, StoredEvent
from gauzy.eventbus.testing import deliver_all, recorded_events
from integrations.choices import SyncState
from integrations.exceptions import NothingToSync
from integrations.models import ExternalId, Integration, RepositoryLink, TaskReference
from integrations.providers.github.issues import mark
from integrations.services.connecting import update_integration
from integrations.services.feeds import sync
from integrations.services.repositories import link_repository, update_link
from tests.factories.github import SECRET, deliver
from tests.factories.integrations import connect
from tests.factories.people import Company, acting_for, found_company
from tests.factories.platform import token_client
from tests.support import receiver as how
from tests.support.github_api import GitHubApi
from tests.support.receiver import answer
from timetracking.choices import TaskStatus
from timetracking.models import Task
from timetracking.services.projects import archive_project, create_project
from timetracking.services.tasks import create_task, update_task

pytestmark = pytest.mark.django_db


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


# --- in ---------------------------------------------------------------------------------------------------------------


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


def test_pull_requests_and_pushes_that_mention_an_issue_are_on_record(
    company: Company, integration: Integration, link: RepositoryLink, github: GitHubApi
) -> None:
    tell(integration, github, "opened", 12)
    deliver_all()
    request = {"id": 9, "title": "Mend", "body": "Fixes #12, see #99", "state": "open", "html_url": "https://x/pull/9"}
    for minute, change in ((2, {"state": "closed", "merged": True}), (1, {})):
        pulled = request | change | {"updated_at": at(minute)}
        payload = {"action": "edited", "pull_request": pulled, "repository": github.repository}
        deliver(integration, "pull_request", payload)
        deliver_all()
    commit = {"id": "abc", "message": "Look at #12\n\nlong", "url": "https://x/c", "timestamp": at(1)}
    for _ in range(2):
        deliver(integration, "push", {"commits": [commit, None, {}], "repository": github.repository})
        deliver_all()
    rows = token_client(company.owner).get("/api/v1/task-references", {"task_id": str(task().id)}).json()["results"]
    assert {(row["kind"], row["title"], row["state"], row["closes"]) for row in rows} == {
        ("pull_request", "Mend", "merged", True),
        ("commit", "Look at #12", "", False),
    }
    assert TaskReference.unscoped.count() == 2


# --- a sync -----------------------------------------------------------------------------------------------------------


def _everything() -> list[Any]:
    tasks = Task.unscoped.order_by("id").values("id", "title", "status", "updated_at")
    return [list(tasks), list(ExternalId.unscoped.order_by("id").values())]


@pytest.mark.django_db(transaction=True)
def test_a_sync_takes_in_every_page_and_again_changes_nothing(
    company: Company, integration: Integration, link: RepositoryLink, github: GitHubApi
) -> None:
    for number in range(1, 6):
        github.put_issue(number)
    github.put_issue(6, pull_request={})
    with acting_for(company):
        first = sync(integration_id=integration.id)
        before = _everything()
        second = sync(integration_id=integration.id)
    assert (first.state, first.created, first.pages, second.created, second.updated) == (SyncState.DONE, 5, 3, 0, 0)
    assert _everything() == before


@pytest.mark.django_db(transaction=True)
def test_a_sync_does_not_send_back_what_it_took_in(
    company: Company, integration: Integration, link: RepositoryLink, github: GitHubApi
) -> None:
    with acting_for(company):
        update_integration(integration_id=integration.id, entities={"task": "both", "label": "out"})
        github.put_issue(1, labels=[{"name": "Bug"}])
        sync(integration_id=integration.id)
    deliver_all()
    assert Task.unscoped.count() == 1
    assert {call.method for call in github.received} == {"GET"}


@pytest.mark.django_db(transaction=True)
def test_a_page_that_fails_ends_the_sync_as_failed_and_the_next_goes_on(
    company: Company, integration: Integration, link: RepositoryLink, github: GitHubApi
) -> None:
    for number in range(1, 6):
        github.put_issue(number)
    with acting_for(company):
        github.faults = [answer(200, b'{"id": 7, "full_name": "octo/widgets"}'), answer(500)]
        failed = sync(integration_id=integration.id)
        assert (failed.state, failed.error, failed.created) == (SyncState.FAILED, "provider_error", 0)
        assert sync(integration_id=integration.id).created == 5


# --- out --------------------------------------------------------------------------------------------------------------


def new_task(company: Company, link: RepositoryLink, **values: Any) -> UUID:
    with acting_for(company):
        made = create_task(project_id=link.project_id, **({"title": "Ours", "description": "Do it."} | values))
    id: UUID = made.id
    return id


def test_a_task_becomes_an_issue_and_the_issue_follows_it(
    company: Company, integration: Integration, link: RepositoryLink, github: GitHubApi
) -> None:
    both_ways(company, integration)
    task_id = new_task(company, link)
    deliver_all()
    [issue] = github.issues.values()
    assert issue["title"] == "Ours"
    assert issue["body"].startswith("Do it.")
    with acting_for(company):
        update_task(task_id=task_id, values={"title": "Better", "status": TaskStatus.DONE})
    deliver_all()
    assert (github.issues[1]["title"], github.issues[1]["state"]) == ("Better", "closed")
    assert len(github.issues) == 1
    assert ExternalId.unscoped.get(internal_id=task_id).reference == "octo/widgets#1"


def test_our_own_echo_changes_nothing(
    company: Company, integration: Integration, link: RepositoryLink, github: GitHubApi
) -> None:
    both_ways(company, integration)
    task_id = new_task(company, link)
    deliver_all()
    calls = len(github.received)
    tell(integration, github, "opened", 1)
    with recorded_events() as events:
        deliver_all()
    assert not [event for event in events if "Task" in type(event).__name__]
    assert (task().id, len(github.received)) == (task_id, calls)


@pytest.mark.parametrize("theirs", ["of another project", "that is an issue already"])
def test_a_mark_that_somebody_copied_takes_no_task_over(
    company: Company, integration: Integration, link: RepositoryLink, github: GitHubApi, theirs: str
) -> None:
    if theirs == "of another project":
        with acting_for(company):
            other = create_project(organization_id=company.organization.id, name="Secrets")
            known = create_task(project_id=other.id, title="Untouched").id
    else:
        tell(integration, github, "opened", 7, title="Untouched")
        deliver_all()
        known = task().id
    tell(integration, github, "opened", 12, title="Taken over", body=mark("", known))
    deliver_all()
    assert Task.unscoped.get(pk=known).title == "Untouched"
    assert Task.unscoped.get(title="Taken over").project_id == link.project_id


@pytest.mark.parametrize("label", ["out", "off"])
def test_labels_come_in_only_where_they_are_to(
    company: Company, integration: Integration, link: RepositoryLink, github: GitHubApi, label: str
) -> None:
    with acting_for(company):
        update_integration(integration_id=integration.id, entities={"task": "both", "label": label})
    tell(integration, github, "opened", 12, labels=[{"name": "Bug"}])
    deliver_all()
    assert names_of(task()) == set()


@pytest.mark.django_db(transaction=True)
def test_a_sync_passes_by_links_that_rest(
    company: Company, integration: Integration, link: RepositoryLink, github: GitHubApi
) -> None:
    github.put_issue(1)
    with acting_for(company):
        update_link(link_id=link.id, values={"is_active": False})
        with pytest.raises(NothingToSync):
            sync(integration_id=integration.id)
    assert not github.received


def test_an_echo_that_is_faster_than_our_record_is_recognised(
    company: Company, integration: Integration, link: RepositoryLink, github: GitHubApi
) -> None:
    both_ways(company, integration)
    task_id = new_task(company, link)
    github.put_issue(1, title="Ours", body=f"Do it.\n\n<!-- gauzy:task:{task_id} -->", updated_at=at(9))
    tell(integration, github, "opened", 1)
    deliver_all()
    assert task().id == task_id
    assert len(github.issues) == 1


@pytest.mark.parametrize("fault", [how.hang_up, answer(500)], ids=["cut", "500"])
@pytest.mark.parametrize("place", range(3))
def test_a_temporary_failure_never_opens_a_second_issue(
    company: Company, link: RepositoryLink, github: GitHubApi, fault: Any, place: int
) -> None:
    both_ways(company, link.integration)
    new_task(company, link)
    github.faults = [*([github.as_ever] * place), fault]
    now = datetime.now(UTC)
    deliver_all(expect_failures=True)
    deliver_all(now=now + timedelta(hours=1), expect_failures=True)
    assert len(github.issues) == 1
    assert ExternalId.unscoped.count() == 1


def test_an_issue_that_was_opened_unnoticed_is_found_by_its_mark(
    company: Company, integration: Integration, link: RepositoryLink, github: GitHubApi
) -> None:
    both_ways(company, integration)
    new_task(company, link)
    github.faults = [github.as_ever, github.as_ever, github.silently]
    deliver_all(expect_failures=True)
    assert len(github.issues) == 1
    assert not ExternalId.unscoped.exists()
    deliver_all(now=datetime.now(UTC) + timedelta(hours=1))
    assert len(github.issues) == 1
    assert ExternalId.unscoped.count() == 1


def test_a_limit_is_waited_for(
    company: Company, integration: Integration, link: RepositoryLink, github: GitHubApi
) -> None:
    both_ways(company, integration)
    new_task(company, link)
    github.faults = [answer(403, b"{}", Retry_After="1800")]
    now = datetime.now(UTC)
    deliver_all(expect_failures=True)
    deliver_all(now=now + timedelta(minutes=20), expect_failures=True)
    assert (len(github.received), Failure.objects.count()) == (1, 0)
    Pause.objects.all().delete()  # as time does
    deliver_all(now=now + timedelta(minutes=40))
    assert len(github.issues) == 1


def test_a_task_is_told_to_the_repository_that_it_came_from(
    company: Company, integration: Integration, link: RepositoryLink, github: GitHubApi
) -> None:
    with acting_for(company):
        link_repository(integration_id=integration.id, project_id=link.project_id, repository="octo/other")
    both_ways(company, integration)
    github.full_name = "octo/other"
    issue = github.put_issue(12)
    repository = github.repository | {"id": 8}
    deliver(integration, "issues", {"action": "opened", "issue": issue, "repository": repository})
    deliver_all()
    with acting_for(company):
        update_task(task_id=task().id, values={"title": "Renamed here"})
    deliver_all()
    assert {call.path for call in github.received} == {"/repos/octo/other", "/repos/octo/other/issues/12"}


def test_an_issue_that_is_gone_is_not_opened_again(
    company: Company, integration: Integration, link: RepositoryLink, github: GitHubApi
) -> None:
    both_ways(company, integration)
    task_id = new_task(company, link)
    deliver_all()
    github.faults = [github.as_ever, answer(404)]
    with acting_for(company):
        update_task(task_id=task_id, values={"title": "Better"})
    deliver_all(expect_failures=True)
    assert Delivery.objects.get(handler="integrations.sync_task_to_github").dead_at
    assert len(github.calls("POST", "issues")) == 1


def test_where_tasks_do_not_go_out_github_hears_nothing(
    company: Company, link: RepositoryLink, github: GitHubApi
) -> None:
    new_task(company, link)
    deliver_all()
    assert not github.received


# --- links ------------------------------------------------------------------------------------------------------------


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
