"""Pull requests and commits that mention the issue of a task."""

from datetime import datetime
from typing import Any

from django.db import transaction

from integrations.choices import ReferenceKind
from integrations.models import Integration, TaskReference
from integrations.providers.github.issues import moment_of, references_in
from integrations.providers.github.payloads import at, text_at
from integrations.selectors import tasks_of_issue


@transaction.atomic
def record_pull_request(integration: Integration, payload: Any) -> int:
    """Put a pull request on record with every task that it mentions; return how many that are."""
    request, merged = at(payload, "pull_request"), at(payload, "pull_request", "merged")
    values = {
        "title": text_at(request, "title")[:300],
        "url": text_at(request, "html_url")[:500],
        "state": "merged" if merged is True else text_at(request, "state")[:20],
    }
    text = f"{text_at(request, 'title')}\n{text_at(request, 'body')}"
    repository = text_at(payload, "repository", "full_name")
    return _record(
        integration,
        ReferenceKind.PULL_REQUEST,
        text_at(request, "id"),
        mentioned=_tasks_in(integration, text, repository),
        version=moment_of(at(request, "updated_at")),
        values=values,
    )


@transaction.atomic
def record_push(integration: Integration, payload: Any) -> int:
    """Put each commit of a push on record with every task that its message mentions; return how many that are."""
    commits, count = at(payload, "commits"), 0
    for commit in commits if isinstance(commits, list) else []:
        message = text_at(commit, "message")
        count += _record(
            integration,
            ReferenceKind.COMMIT,
            text_at(commit, "id"),
            mentioned=_tasks_in(integration, message, text_at(payload, "repository", "full_name")),
            version=moment_of(at(commit, "timestamp")),
            values={"title": message.partition("\n")[0][:300], "url": text_at(commit, "url")[:500]},
        )
    return count


def _tasks_in(integration: Integration, text: str, repository: str) -> dict[Any, bool]:
    """Return the tasks that a text mentions, and whether it says that it closes them."""
    found: dict[Any, bool] = {}
    for reference in references_in(text):
        for task_id in tasks_of_issue(integration.id, f"{reference.repository or repository}#{reference.number}"):
            found[task_id] = found.get(task_id, False) or reference.closes
    return found


def _record(
    integration: Integration,
    kind: ReferenceKind,
    external_id: str,
    *,
    mentioned: dict[Any, bool],
    version: datetime | None,
    values: dict[str, Any],
) -> int:
    if not external_id:
        return 0
    for task_id, closes in mentioned.items():
        found, created = TaskReference.objects.select_for_update(of=("self",)).get_or_create(
            integration=integration,
            task_id=task_id,
            kind=kind,
            external_id=external_id[:100],
            defaults={**values, "closes": closes, "version": version},
        )
        if not created and version and (found.version is None or version >= found.version):
            for name, value in {**values, "closes": closes, "version": version}.items():
                setattr(found, name, value)
            found.save()
    return len(mentioned)
