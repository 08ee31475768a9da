"""Clients, projects, tasks and tags by the names that a file has for them; those that are missing are made."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from timetracking.exceptions import ProjectNotFound, TaskNotFound
from timetracking.importing.entries import Entry
from timetracking.importing.people import fold
from timetracking.selectors.projects import clients, visible_projects, visible_tasks
from timetracking.services.clients import create_client, ensure_tags
from timetracking.services.projects import create_project
from timetracking.services.tasks import create_task


@dataclass(frozen=True, slots=True)
class Place:
    project_id: UUID | None = None
    task_id: UUID | None = None
    tag_ids: tuple[UUID, ...] = ()


@dataclass(slots=True)
class Places:
    """Names are compared without case and surplus spaces; the same project under two clients is two projects."""

    organization_id: UUID
    create_missing: bool = True
    made: dict[str, list[str]] = field(default_factory=lambda: {"clients": [], "projects": [], "tasks": []})
    _clients: dict[str, UUID] = field(default_factory=dict)
    _projects: dict[tuple[UUID | None, str], UUID] = field(default_factory=dict)
    _tasks: dict[tuple[UUID, str], UUID] = field(default_factory=dict)
    _tags: dict[str, UUID] = field(default_factory=dict)
    _learned: list[tuple[dict[Any, UUID], Any]] = field(default_factory=list)  # since the mark

    def load(self) -> None:
        """Read what the organization has."""
        here, self._tags = self.organization_id, {}
        self._clients = {fold(one.name): one.pk for one in clients(organization_id=here).order_by("-id")}
        self._projects = {
            (one.client_id, fold(one.name)): one.pk for one in visible_projects(organization_id=here).order_by("-id")
        }
        tasks = visible_tasks(organization_id=here).order_by("-id")
        self._tasks = {(one.project_id, fold(one.title)): one.pk for one in tasks}

    def mark(self) -> dict[str, int]:
        """Return how much was made so far, for `go_back`."""
        self._learned.clear()
        return {kind: len(names) for kind, names in self.made.items()}

    def go_back(self, mark: dict[str, int]) -> None:
        """Forget what was made since the mark: it was rolled back."""
        for kind, count in mark.items():
            del self.made[kind][count:]
        for known, key in self._learned:
            known.pop(key, None)
        self._learned.clear()

    def _learn(self, known: dict[Any, UUID], key: Any, id: UUID) -> None:
        known[key] = id
        self._learned.append((known, key))

    def lacks(self, entry: Entry) -> bool:
        """Tell whether something of an entry would have to be made."""
        if any(tag.casefold() not in self._tags for tag in entry.tags):
            return True
        if not entry.project:
            return False
        client_id = self._clients.get(fold(entry.client)) if entry.client else None
        project_id = self._projects.get((client_id, fold(entry.project)))
        if project_id is None or (entry.client and client_id is None):
            return True
        return bool(entry.task) and (project_id, fold(entry.task)) not in self._tasks

    def find(self, entry: Entry) -> Place:
        """Return where an entry belongs; raise `ProjectNotFound` or `TaskNotFound` where nothing may be made."""
        if not entry.project:
            return Place(tag_ids=self._tag_ids(entry))
        client_id = self._client(entry.client) if entry.client else None
        project_id = self._project(client_id, entry.project)
        task_id = self._task(project_id, entry.task) if entry.task else None
        return Place(project_id, task_id, self._tag_ids(entry))

    def _client(self, name: str) -> UUID:
        if (key := fold(name)) not in self._clients:
            if not self.create_missing:
                raise ProjectNotFound(f"There is no client {name}.")
            self._learn(self._clients, key, create_client(organization_id=self.organization_id, name=name).pk)
            self.made["clients"].append(name)
        return self._clients[key]

    def _project(self, client_id: UUID | None, name: str) -> UUID:
        if (key := (client_id, fold(name))) not in self._projects:
            if not self.create_missing:
                raise ProjectNotFound(f"There is no project {name}.")
            made = create_project(organization_id=self.organization_id, name=name, client_id=client_id)
            self._learn(self._projects, key, made.pk)
            self.made["projects"].append(name)
        return self._projects[key]

    def _task(self, project_id: UUID, title: str) -> UUID:
        if (key := (project_id, fold(title))) not in self._tasks:
            if not self.create_missing:
                raise TaskNotFound(f"There is no task {title}.")
            self._learn(self._tasks, key, create_task(project_id=project_id, title=title, history=True).pk)
            self.made["tasks"].append(title)
        return self._tasks[key]

    def _tag_ids(self, entry: Entry) -> tuple[UUID, ...]:
        if missing := [tag for tag in entry.tags if tag.casefold() not in self._tags]:
            for name, tag in zip(
                missing, ensure_tags(organization_id=self.organization_id, names=missing), strict=True
            ):
                self._learn(self._tags, name.casefold(), tag.pk)
        return tuple(self._tags[tag.casefold()] for tag in entry.tags)
