"""Tasks: every write."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from employees.selectors import get_employee
from gauzy import eventbus as bus
from gauzy.eventbus import Change
from gauzy.tenancy.changes import apply_changes
from gauzy.tenancy.validation import clean
from timetracking.choices import TaskStatus
from timetracking.events import TaskCreatedEvent, TaskUpdatedEvent
from timetracking.exceptions import ProjectArchived, ProjectNotFound, TaskNotFound
from timetracking.models import Project, Tag, Task
from timetracking.selectors.projects import get_project, get_tags, get_task
from timetracking.services.shared import locked, now, require_known, require_same_organization, shorten

EDITABLE = frozenset({"title", "description", "status", "assignee_id", "due_date", "estimate_seconds", "tag_ids"})


@transaction.atomic
def create_task(
    *,
    project_id: UUID,
    title: str,
    description: str = "",
    status: TaskStatus = TaskStatus.OPEN,
    assignee_id: UUID | None = None,
    due_date: date | None = None,
    estimate_seconds: int | None = None,
    tag_ids: Sequence[UUID] = (),
    history: bool = False,
) -> Task:
    """Create a task with the project's next number, under the project's lock.

    history: it is told of something long past, so who reacts to news is skipped. Raises `ProjectNotFound`,
    `ProjectArchived`, `EmployeeNotFound`, `OtherOrganization`, `TagNotFound` and `Invalid`.
    """
    project = locked(Project, get_project(project_id).pk, ProjectNotFound)
    if project.archived_at:
        raise ProjectArchived(fields={"project_id": [ProjectArchived.message]})
    _require_assignee(project.organization_id, assignee_id)
    tags = get_tags(project.organization_id, list(tag_ids))
    project.last_task_number += 1
    task = Task(
        organization_id=project.organization_id,
        project=project,
        number=project.last_task_number,
        title=title.strip(),
        description=description.strip(),
        status=status,
        assignee_id=assignee_id,
        due_date=due_date,
        estimate_seconds=estimate_seconds,
    )
    clean(task)
    project.save(update_fields=["last_task_number"])
    task.save(force_insert=True)
    task.tags.set(tags)
    bus.publish(_created(task), history=history)
    return task


@transaction.atomic
def update_task(*, task_id: UUID, values: Mapping[str, Any], history: bool = False) -> Task:
    """Set the given fields, tags by `tag_ids`; only what differs is written and published."""
    require_known(values, EDITABLE)
    task = locked(Task, get_task(task_id).pk, TaskNotFound)
    _require_assignee(task.organization_id, values.get("assignee_id"))
    changes = list(apply_changes(task, {name: value for name, value in values.items() if name != "tag_ids"}))
    if "tag_ids" in values:
        changes += set_tags(task, get_tags(task.organization_id, list(values["tag_ids"])))
    if changes:
        clean(task)
        task.save()
        _publish(task, shorten(changes), history=history)
    return task


@transaction.atomic
def archive_task(*, task_id: UUID, archived: bool = True, history: bool = False) -> Task:
    """Put a task away, or take it back; repeating changes nothing."""
    task = locked(Task, get_task(task_id).pk, TaskNotFound)
    if bool(task.archived_at) != archived:
        task.archived_at = now() if archived else None
        task.save(update_fields=["archived_at", "updated_at"])
        _publish(task, (Change(field="archived", old=not archived, new=archived),), history=history)
    return task


def set_tags(row: Any, tags: Sequence[Tag]) -> list[Change]:
    """Give a row exactly these tags; return the change, if it is one, by the tags' names."""
    old = {tag.pk: tag.name for tag in row.tags.all()}
    new = {tag.pk: tag.name for tag in tags}
    if old.keys() == new.keys():
        return []
    row.tags.set(tags)
    return [Change(field="tags", old=", ".join(sorted(old.values())), new=", ".join(sorted(new.values())))]


def _created(task: Task) -> TaskCreatedEvent:
    return TaskCreatedEvent(
        task_id=task.id, project_id=task.project_id, organization_id=task.organization_id, number=task.number
    )


def _require_assignee(organization_id: UUID, assignee_id: UUID | None) -> None:
    if assignee_id:
        require_same_organization(organization_id, assignee_id=get_employee(assignee_id))


def _publish(task: Task, changes: tuple[Change, ...], *, history: bool) -> None:
    bus.publish(
        TaskUpdatedEvent(
            task_id=task.id, project_id=task.project_id, organization_id=task.organization_id, changes=changes
        ),
        history=history,
    )
