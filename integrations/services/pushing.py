"""Tasks become issues: called by an external handler, one task at a time."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from gauzy import eventbus as bus
from gauzy.eventbus import Metadata
from integrations.choices import EntityKind
from integrations.exceptions import ProviderError
from integrations.models import ExternalId, RepositoryLink
from integrations.providers.github.client import GitHubClient, NotThere
from integrations.providers.github.issues import Issue, digest_of, mark, read_issue
from integrations.selectors import is_paused, mapped_to, outgoing_links
from integrations.services.github_access import client_of
from integrations.services.issues import key_of
from integrations.services.mapping import remember
from integrations.services.repositories import lock_link
from timetracking.choices import TaskStatus
from timetracking.exceptions import TaskNotFound
from timetracking.selectors.projects import get_task

_ENDED = frozenset({TaskStatus.DONE, TaskStatus.CANCELLED})
_PAGES = 50
_DRIFT = timedelta(hours=1)  # that GitHub's clock may be behind ours


def push_task(*, task_id: UUID, meta: Metadata) -> None:
    """Bring the issues of a task up to date, opening those that are missing, as a handler's last act.

    GitHub is told nothing that it knows, such as what it told us. Before an issue is opened, it is looked for by the
    mark that ours bear: a failure half-way never opens a second one. Raises `bus.Skip`, `bus.Permanent`,
    `ProviderError`.
    """
    try:
        task = get_task(task_id)
    except TaskNotFound as error:
        raise bus.Skip("the task is gone") from error
    done = [_push(link, task, meta) for link in outgoing_links(task.project_id)]
    with meta.completing():
        for link, issue in (pushed for pushed in done if pushed):
            _put_on_record(link, issue, task_id)


def _push(link: RepositoryLink, task: Any, meta: Metadata) -> tuple[RepositoryLink, Issue] | None:
    known = mapped_to(EntityKind.TASK, task.id).filter(integration_id=link.integration_id).first()
    wanted = _wanted(link, task)
    if known and (known.digest == wanted["digest"] or meta.actor.id == link.integration_id):
        return None
    where = known.reference.rpartition("#")[0] if known else link.repository  # GitHub redirects from an old name
    if is_paused(link.integration_id, link.project_id, where):
        return None
    with client_of(link.integration) as client:
        repository = client.get(f"/repos/{where}").data
        found = _update(client, known, wanted, task) if known else _open(client, link, wanted, task)
    if (issue := read_issue(found, repository)) is None:
        raise ProviderError("GitHub's answer is about no issue.")
    return link, issue


def _open(client: GitHubClient, link: RepositoryLink, wanted: dict[str, Any], task: Any) -> Any:
    number = _find(client, link, task)
    if number is None:
        issue = client.post(f"/repos/{link.repository}/issues", **_fields(wanted, task, leave_out="state"))
        if wanted["state"] == "open":
            return issue
        number = issue["number"]
    return _patch(client, f"/repos/{link.repository}/issues/{number}", wanted, task)


def _update(client: GitHubClient, known: ExternalId, wanted: dict[str, Any], task: Any) -> Any:
    repository, _, number = known.reference.rpartition("#")
    return _patch(client, f"/repos/{repository}/issues/{number}", wanted, task)


def _patch(client: GitHubClient, path: str, wanted: dict[str, Any], task: Any) -> Any:
    try:
        return client.patch(path, **_fields(wanted, task))
    except NotThere as error:
        raise bus.Permanent("The issue is gone, or hidden from us; no second one is opened.") from error


def _fields(wanted: dict[str, Any], task: Any, *, leave_out: str = "") -> dict[str, Any]:
    sent = {name: value for name, value in wanted.items() if name not in {"digest", leave_out}}
    return {**sent, "body": mark(wanted["body"], task.id)}


def _wanted(link: RepositoryLink, task: Any) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "title": task.title,
        "body": task.description.replace("\r\n", "\n").strip(),
        "state": "closed" if task.status in _ENDED else "open",
    }
    labels = sorted(tag.name for tag in task.tags.all())
    wanted["digest"] = digest_of(
        title=wanted["title"], body=wanted["body"], is_closed=wanted["state"] == "closed", labels=labels
    )
    if link.integration.direction_of(EntityKind.LABEL).gives_out:
        wanted["labels"] = labels
    return wanted


def _find(client: GitHubClient, link: RepositoryLink, task: Any) -> int | None:
    """Return the number of an issue of our making that is not on record."""
    since = (task.created_at - _DRIFT).strftime("%Y-%m-%dT%H:%M:%SZ")
    path = f"/repos/{link.repository}/issues?state=all&per_page=100&since={since}"
    for _ in range(_PAGES):
        reply = client.get(path)
        for found in reply.data:
            issue = read_issue(found, {"id": 0})
            if issue and issue.task_id == task.id:
                return issue.number
        if not (path := reply.next):
            return None
    raise ProviderError("There are too many issues to look through.")


def _put_on_record(link: RepositoryLink, issue: Issue, task_id: UUID) -> None:
    """Write down what GitHub answered, unless it has told of something newer meanwhile."""
    lock_link(link.id)
    known = mapped_to(EntityKind.TASK, task_id).filter(integration_id=link.integration_id).first()
    if known and known.version and known.version > issue.updated_at:
        return
    remember(
        integration=link.integration,
        kind=EntityKind.TASK,
        external_id=key_of(issue.id, link),
        internal_id=task_id,
        reference=issue.reference,
        version=issue.updated_at,
        digest=issue.digest,
    )
