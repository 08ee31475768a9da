from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from gauzy.rest.serializers import StrictSerializer
from gauzy.rest.views import View, ViewSet
from gauzy.tenancy.roles import ADMINS, MANAGERS, MEMBERS
from timetracking.api.serializers.projects import (
    ArchivableQuery,
    ClientInput,
    ClientOutput,
    NewClientInput,
    NewProjectInput,
    NewTaskInput,
    ProjectInput,
    ProjectMemberInput,
    ProjectMemberOutput,
    ProjectOutput,
    ProjectQuery,
    RateEndInput,
    RateInput,
    RateOutput,
    RateQuery,
    RecomputeInput,
    RecomputeOutput,
    TagInput,
    TagOutput,
    TagQuery,
    TaskInput,
    TaskOutput,
    TaskQuery,
)
from timetracking.models import Client, Project, Task
from timetracking.roles import STAFF
from timetracking.selectors import projects as selectors
from timetracking.services import clients, projects, rates, tasks

_READING = ("list", "retrieve")
_WRITING = ("create", "partial_update", "archive", "unarchive")
_CONDITIONAL = ("create", "retrieve", "partial_update", "archive", "unarchive")


class ClientViewSet(ViewSet):
    """Whom projects are done for."""

    roles = dict.fromkeys(_READING, STAFF) | dict.fromkeys(_WRITING, MANAGERS)
    queries = {"list": ArchivableQuery}
    inputs = {
        "create": NewClientInput,
        "partial_update": ClientInput,
        "archive": StrictSerializer,
        "unarchive": StrictSerializer,
    }
    outputs = dict.fromkeys(roles, ClientOutput)
    conditional = _CONDITIONAL

    def resource(self, *, client_id: UUID) -> QuerySet[Client]:
        return selectors.clients().filter(pk=client_id)

    def list(self, request: Request) -> Response:
        return self.page(selectors.clients(**self.query))

    def create(self, request: Request) -> Response:
        return self.reply(clients.create_client(**self.read()))

    def retrieve(self, request: Request, client_id: UUID) -> Response:
        return self.reply(selectors.get_client(client_id))

    def partial_update(self, request: Request, client_id: UUID) -> Response:
        return self.reply(clients.update_client(client_id=client_id, values=self.read()))

    def archive(self, request: Request, client_id: UUID) -> Response:
        self.read()
        return self.reply(clients.archive_client(client_id=client_id))

    def unarchive(self, request: Request, client_id: UUID) -> Response:
        self.read()
        return self.reply(clients.archive_client(client_id=client_id, archived=False))


class ProjectViewSet(ViewSet):
    """Projects that you may see: private ones as a member. Managers change those that they manage."""

    roles = dict.fromkeys(_READING, MEMBERS) | dict.fromkeys(_WRITING, MANAGERS)
    queries = {"list": ProjectQuery}
    inputs = {
        "create": NewProjectInput,
        "partial_update": ProjectInput,
        "archive": StrictSerializer,
        "unarchive": StrictSerializer,
    }
    outputs = dict.fromkeys(roles, ProjectOutput)
    conditional = _CONDITIONAL

    def resource(self, *, project_id: UUID) -> QuerySet[Project]:
        return selectors.visible_projects().filter(pk=project_id)

    def list(self, request: Request) -> Response:
        return self.page(selectors.visible_projects(**self.query))

    def create(self, request: Request) -> Response:
        return self.reply(projects.create_project(**self.read()))

    def retrieve(self, request: Request, project_id: UUID) -> Response:
        return self.reply(selectors.get_project(project_id))

    def partial_update(self, request: Request, project_id: UUID) -> Response:
        return self.reply(projects.update_project(project_id=project_id, values=self.read()))

    def archive(self, request: Request, project_id: UUID) -> Response:
        """Put a project away: no new time or tasks. What there is stays."""
        self.read()
        return self.reply(projects.archive_project(project_id=project_id))

    def unarchive(self, request: Request, project_id: UUID) -> Response:
        self.read()
        return self.reply(projects.archive_project(project_id=project_id, archived=False))


class MemberViewSet(ViewSet):
    """The members and managers of a project."""

    roles = {"list": STAFF, "put": MANAGERS, "destroy": MANAGERS}
    inputs = {"put": ProjectMemberInput}
    outputs = {"list": ProjectMemberOutput, "put": ProjectMemberOutput}
    ordering = "id"

    def list(self, request: Request, project_id: UUID) -> Response:
        return self.page(selectors.members_of(selectors.get_project(project_id).pk))

    def put(self, request: Request, project_id: UUID) -> Response:
        """Make an employee a member, or a manager."""
        return self.reply(projects.set_member(project_id=project_id, **self.read()))

    def destroy(self, request: Request, project_id: UUID, employee_id: UUID) -> Response:
        projects.remove_member(project_id=project_id, employee_id=employee_id)
        return self.reply()


class TaskViewSet(ViewSet):
    """Tasks of the projects that you may see; their numbers are given by the project."""

    roles = dict.fromkeys(_READING, MEMBERS) | dict.fromkeys(_WRITING, STAFF)
    queries = {"list": TaskQuery}
    inputs = {
        "create": NewTaskInput,
        "partial_update": TaskInput,
        "archive": StrictSerializer,
        "unarchive": StrictSerializer,
    }
    outputs = dict.fromkeys(roles, TaskOutput)
    conditional = _CONDITIONAL

    def resource(self, *, task_id: UUID) -> QuerySet[Task]:
        return selectors.visible_tasks().filter(pk=task_id)

    def list(self, request: Request) -> Response:
        return self.page(selectors.visible_tasks(**self.query))

    def create(self, request: Request) -> Response:
        return self.reply(tasks.create_task(**self.read()))

    def retrieve(self, request: Request, task_id: UUID) -> Response:
        return self.reply(selectors.get_task(task_id))

    def partial_update(self, request: Request, task_id: UUID) -> Response:
        return self.reply(tasks.update_task(task_id=task_id, values=self.read()))

    def archive(self, request: Request, task_id: UUID) -> Response:
        self.read()
        return self.reply(tasks.archive_task(task_id=task_id))

    def unarchive(self, request: Request, task_id: UUID) -> Response:
        self.read()
        return self.reply(tasks.archive_task(task_id=task_id, archived=False))


class TagViewSet(ViewSet):
    """Words that logs and tasks are found by."""

    roles = {"list": MEMBERS, "create": STAFF}
    queries = {"list": TagQuery}
    inputs = {"create": TagInput}
    outputs = dict.fromkeys(roles, TagOutput)

    def list(self, request: Request) -> Response:
        return self.page(selectors.tags(**self.query))

    def create(self, request: Request) -> Response:
        return self.reply(clients.create_tag(**self.read()))


class RateViewSet(ViewSet):
    """What an hour costs. A log keeps the rate that it was recorded with."""

    roles = dict.fromkeys(("list", "create", "end"), ADMINS)
    queries = {"list": RateQuery}
    inputs = {"create": RateInput, "end": RateEndInput}
    outputs = dict.fromkeys(roles, RateOutput)

    def list(self, request: Request) -> Response:
        return self.page(selectors.rates(**self.query))

    def create(self, request: Request) -> Response:
        """Set a rate; an open one of the same subject ends the day before."""
        return self.reply(rates.create_rate(**self.read()))

    def end(self, request: Request, rate_id: UUID) -> Response:
        return self.reply(rates.end_rate(rate_id=rate_id, **self.read()))


class RecomputeView(View):
    """Find the rates of some days' logs anew. Approved logs, and rates of their own, stay."""

    roles = {"post": ADMINS}
    inputs = {"post": RecomputeInput}
    outputs = {"post": RecomputeOutput}

    def post(self, request: Request) -> Response:
        given: dict[str, Any] = self.read()
        return self.reply(rates.recompute_rates(**given))
