"""Issues become tasks: whatever their order, however often they are told of."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from integrations.choices import EntityKind, ItemOutcome
from integrations.models import ExternalId, RepositoryLink
from integrations.providers.github.issues import Issue
from integrations.selectors import find_mapped, mapped_to
from integrations.services.mapping import remember
from integrations.services.repositories import lock_link, recognise
from timetracking.choices import TaskStatus
from timetracking.exceptions import TaskNotFound
from timetracking.selectors.projects import get_task
from timetracking.services.clients import ensure_tags
from timetracking.services.tasks import archive_task, create_task, update_task

_ENDED = frozenset({TaskStatus.DONE, TaskStatus.CANCELLED})


def key_of(issue_id: int, link: RepositoryLink) -> str:
    """Return what an issue is called in the map: one issue may be a task of several projects."""
    return f"{issue_id}/{link.project_id}"


@transaction.atomic
def take_in_issue(*, link_id: UUID, issue: Issue) -> ItemOutcome:
    """Make or update the issue's task in the link's project.

    Order-safe by the issue's own `updated_at`: what is older than what we know changes nothing, and what is gone stays
    gone. What both sides agreed on already, such as an echo of our own change, changes no task.
    """
    link = lock_link(link_id)
    recognise(link, repository_id=issue.repository_id, repository=issue.repository)
    known = find_mapped(link.integration_id, EntityKind.TASK, key_of(issue.id, link)) or _of_our_making(link, issue)
    if known is None:
        return _create(link, issue) if _is_wanted(link, issue) else ItemOutcome.UNCHANGED
    if known.internal_id is None or (known.version and issue.updated_at < known.version):
        return ItemOutcome.UNCHANGED
    agreed = known.digest == issue.digest
    if not agreed:
        update_task(task_id=known.internal_id, values=_values(link, issue, get_task(known.internal_id).status))
    _remember(link, issue, known.internal_id)
    return ItemOutcome.UNCHANGED if agreed else ItemOutcome.UPDATED


@transaction.atomic
def lose_issue(*, link_id: UUID, issue_id: int, updated_at: datetime | None) -> ItemOutcome:
    """Put away the task of an issue that was deleted or moved; the mark it leaves keeps late news from reviving it."""
    link = lock_link(link_id)
    key = key_of(issue_id, link)
    known = find_mapped(link.integration_id, EntityKind.TASK, key)
    if known and known.internal_id:
        archive_task(task_id=known.internal_id)
    remember(
        integration=link.integration,
        kind=EntityKind.TASK,
        external_id=key,
        internal_id=None,
        reference=known.reference if known else "",
        version=updated_at,
    )
    return ItemOutcome.UPDATED if known and known.internal_id else ItemOutcome.UNCHANGED


@transaction.atomic
def move_issue(*, link_id: UUID, issue_id: int, new: Issue) -> ItemOutcome:
    """Let the task follow an issue to another repository of its project; raise nothing if it is there already."""
    link = lock_link(link_id)
    known = find_mapped(link.integration_id, EntityKind.TASK, key_of(issue_id, link))
    task_id = known.internal_id if known else None
    if task_id is None or find_mapped(link.integration_id, EntityKind.TASK, key_of(new.id, link)):
        return lose_issue(link_id=link_id, issue_id=issue_id, updated_at=new.updated_at)
    remember(integration=link.integration, kind=EntityKind.TASK, external_id=key_of(issue_id, link), internal_id=None)
    _remember(link, new, task_id)
    return ItemOutcome.UPDATED


def _is_wanted(link: RepositoryLink, issue: Issue) -> bool:
    return not link.sync_label or link.sync_label.casefold() in {label.casefold() for label in issue.labels}


def _of_our_making(link: RepositoryLink, issue: Issue) -> ExternalId | None:
    """Recognise an issue that we opened and could not put on record, by the mark in it."""
    if issue.task_id is None:
        return None
    try:
        task = get_task(issue.task_id)
    except TaskNotFound:
        return None
    if task.project_id != link.project_id or _is_mapped(link, task.id):
        return None
    return _remember(link, issue, task.id, digest="")


def _is_mapped(link: RepositoryLink, task_id: UUID) -> bool:
    return mapped_to(EntityKind.TASK, task_id).filter(integration_id=link.integration_id).exists()


def _create(link: RepositoryLink, issue: Issue) -> ItemOutcome:
    values = _values(link, issue, TaskStatus.OPEN)
    task = create_task(project_id=link.project_id, **values)
    _remember(link, issue, task.id)
    return ItemOutcome.CREATED


def _values(link: RepositoryLink, issue: Issue, status: str) -> dict[str, Any]:
    """Return what the task is to be. Work that goes on stays as far as it is; only closing and opening again count."""
    values: dict[str, Any] = {"title": issue.title, "description": issue.body, "status": TaskStatus(status)}
    if issue.is_closed != (status in _ENDED):
        values["status"] = TaskStatus.DONE if issue.is_closed else TaskStatus.OPEN
    if link.integration.direction_of(EntityKind.LABEL).takes_in:
        tags = ensure_tags(organization_id=link.integration.organization_id, names=list(issue.labels))
        values["tag_ids"] = [tag.id for tag in tags]
    return values


def _remember(link: RepositoryLink, issue: Issue, task_id: UUID, *, digest: str | None = None) -> ExternalId:
    return remember(
        integration=link.integration,
        kind=EntityKind.TASK,
        external_id=key_of(issue.id, link),
        internal_id=task_id,
        reference=issue.reference,
        version=issue.updated_at,
        digest=issue.digest if digest is None else digest,
    )
