"""Pull requests and pushes that mention tasks."""

import pytest

from gauzy.eventbus.testing import deliver_all
from integrations.models import Integration, RepositoryLink, TaskReference
from tests.factories.github import deliver
from tests.factories.issues import at, task, tell
from tests.factories.people import Company
from tests.factories.platform import token_client
from tests.support.github_api import GitHubApi

pytestmark = pytest.mark.django_db


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
