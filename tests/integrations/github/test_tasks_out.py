"""Tasks become issues: once, and without echoes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gauzy.eventbus.models import Delivery, Failure, Pause
from gauzy.eventbus.testing import deliver_all, recorded_events
from integrations.models import ExternalId, Integration, RepositoryLink
from integrations.providers.github.issues import mark
from integrations.services.repositories import link_repository
from tests.factories.github import deliver
from tests.factories.issues import at, both_ways, new_task, task, tell
from tests.factories.people import Company, acting_for
from tests.support import receiver as how
from tests.support.github_api import GitHubApi
from tests.support.receiver import answer
from timetracking.choices import TaskStatus
from timetracking.models import Task
from timetracking.services.projects import create_project
from timetracking.services.tasks import create_task, update_task

pytestmark = pytest.mark.django_db


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
