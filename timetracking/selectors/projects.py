from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import current_role
from gauzy.tenancy.roles import ADMINS
from timetracking.exceptions import ClientNotFound, ProjectNotFound, TagNotFound, TaskNotFound
from timetracking.models import Client, Project, ProjectMember, Rate, Tag, Task
from timetracking.selectors.acting import actor_id
from timetracking.selectors.people import managed_project_ids


class ProjectFilters(TypedDict, total=False):
    organization_id: UUID
    client_id: UUID
    archived: bool


class TaskFilters(TypedDict, total=False):
    organization_id: UUID
    project_id: UUID
    status: str
    assignee_id: UUID
    archived: bool


def clients(*, archived: bool | None = None, **equal: UUID) -> QuerySet[Client]:
    found: QuerySet[Client] = Client.objects.filter(**equal)
    return found if archived is None else found.filter(archived_at__isnull=not archived)


def get_client(client_id: UUID) -> Client:
    if client := clients().filter(pk=client_id).first():
        return client
    raise ClientNotFound


def visible_projects(**filters: Unpack[ProjectFilters]) -> QuerySet[Project]:
    """Return the projects that the actor may see: private ones only as a member, an owner or an administrator."""
    equal = {name: value for name, value in filters.items() if name != "archived"}
    found: QuerySet[Project] = Project.objects.filter(**equal)
    if "archived" in filters:
        found = found.filter(archived_at__isnull=not filters["archived"])
    if current_role() is None or current_role() in ADMINS:
        return found
    own = ProjectMember.objects.filter(employee__user_id=actor_id(), employee__ended_at=None)
    return found.filter(Q(is_private=False) | Q(pk__in=own.values("project_id")))


def with_project_in_sight(logs: QuerySet[Any]) -> QuerySet[Any]:
    """Add `project_in_sight` to logs: whether the actor, who may see the time, may see what it was spent on."""
    found: QuerySet[Any] = logs.annotate(project_in_sight=Exists(visible_projects().filter(pk=OuterRef("project_id"))))
    return found


def get_project(project_id: UUID) -> Project:
    """Return a project that the actor may see; raise `ProjectNotFound` for any other id."""
    if project := visible_projects().filter(pk=project_id).first():
        return project
    raise ProjectNotFound


def members_of(project_id: UUID) -> QuerySet[ProjectMember]:
    members: QuerySet[ProjectMember] = ProjectMember.objects.filter(project_id=project_id)
    return members.select_related("employee").order_by("id")


def visible_tasks(**filters: Unpack[TaskFilters]) -> QuerySet[Task]:
    """Return the tasks of the projects that the actor may see."""
    equal = {name: value for name, value in filters.items() if name != "archived"}
    found: QuerySet[Task] = Task.objects.filter(**equal, project__in=visible_projects())
    if "archived" in filters:
        found = found.filter(archived_at__isnull=not filters["archived"])
    return found.select_related("project").prefetch_related("tags")


def get_task(task_id: UUID) -> Task:
    if task := visible_tasks().filter(pk=task_id).first():
        return task
    raise TaskNotFound


def tags(**equal: UUID) -> QuerySet[Tag]:
    found: QuerySet[Tag] = Tag.objects.filter(**equal)
    return found


def get_tags(organization_id: UUID, tag_ids: "list[UUID]") -> list[Tag]:
    """Return the tags of these ids; raise `TagNotFound` if the organization lacks one of them."""
    found = list(Tag.objects.filter(organization_id=organization_id, pk__in=tag_ids)) if tag_ids else []
    if len(found) != len(set(tag_ids)):
        raise TagNotFound(fields={"tag_ids": [TagNotFound.message]})
    return found


def sees_rates() -> bool:
    """Tell whether the actor may see rates and amounts: owners, administrators and handlers; managers do not."""
    return current_role() is None or current_role() in ADMINS


def manages_project(project_id: UUID) -> bool:
    """Tell whether the actor may change a project: administrators all, managers those they manage."""
    role = current_role()
    if role is None or role in ADMINS:
        return True
    return role == Role.MANAGER and managed_project_ids().filter(project_id=project_id).exists()


def rates(**equal: UUID) -> QuerySet[Rate]:
    found: QuerySet[Rate] = Rate.objects.filter(**equal)
    return found
