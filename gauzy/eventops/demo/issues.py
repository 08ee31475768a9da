"""The part of the story in which an issue at GitHub becomes a task, and a partner hears of it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from gauzy.eventops.demo.client import ApiClient, Unexpected
from gauzy.eventops.demo.outside import Outside

REPOSITORY = {"id": 1843, "full_name": "lovelace/engine", "private": False}
ISSUE = {
    "id": 18431012,
    "number": 12,
    "title": "Note G computes B7 wrongly",
    "body": "Operation 4 divides the wrong way round.",
    "state": "open",
    "labels": [{"name": "bug"}],
    "updated_at": "2026-03-02T09:00:00Z",
    "html_url": "https://github.com/lovelace/engine/issues/12",
}


class Issues:
    """Speaks as the owner and as GitHub; `show` tells what a request's events did."""

    def __init__(
        self, api: ApiClient, outside: Outside, say: Callable[[str], None], show: Callable[[UUID], None]
    ) -> None:
        self._api, self._outside, self._say, self._show = api, outside, say, show

    def tell(self, organization_id: str, integration_id: str) -> None:
        project = self._api.post("/projects", organization_id=organization_id, name="Engine")
        self._api.post(
            "/github/repository-links",
            integration_id=integration_id,
            project_id=project["id"],
            repository=REPOSITORY["full_name"],
        )
        self._open(integration_id)
        self._show(self._api.last_request_id)
        task = self._task_of(project["id"])
        self._say(f"  {REPOSITORY['full_name']}#{ISSUE['number']} became task {task['number']}: {task['title']}")
        told = self._outside.expect("gauzy.timetracking.task_created", task["id"])
        self._say(f"  the partner got CloudEvent {told['id']} of it, signed")
        self._open(integration_id)
        self._show(self._api.last_request_id)
        if self._task_of(project["id"]) != task:
            raise Unexpected("Hearing of an issue twice changed its task.")
        self._say("  GitHub told of it once more, and nothing changed")

    def _open(self, integration_id: str) -> None:
        payload = {"action": "opened", "issue": ISSUE, "repository": REPOSITORY}
        self._outside.deliver(integration_id, "issues", payload)

    def _task_of(self, project_id: str) -> Any:
        found = self._api.all("/tasks", project_id=project_id)
        if [task["title"] for task in found] != [ISSUE["title"]]:
            raise Unexpected(f"Of the issue there are these tasks: {found}")
        return found[0]
