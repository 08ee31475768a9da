from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from gauzy.rest.serializers import StrictSerializer
from gauzy.rest.views import ViewSet
from gauzy.tenancy.roles import ADMINS
from integrations import selectors
from integrations.models import RepositoryLink, TaskReference
from integrations.services import repositories


class LinkInput(StrictSerializer):
    sync_label = serializers.CharField(max_length=50, required=False, allow_blank=True)
    is_active = serializers.BooleanField(required=False)


class NewLinkInput(StrictSerializer):
    integration_id = serializers.UUIDField()
    project_id = serializers.UUIDField()
    repository = serializers.CharField(max_length=200, help_text="`owner/name`.")
    sync_label = serializers.CharField(
        max_length=50, required=False, allow_blank=True, help_text="Only issues with this label become tasks."
    )


class LinkOutput(serializers.ModelSerializer[RepositoryLink]):
    integration_id = serializers.UUIDField()
    project_id = serializers.UUIDField()

    class Meta:
        model = RepositoryLink
        fields: tuple[str, ...] = (
            *("id", "integration_id", "project_id", "repository", "sync_label", "is_active", "created_at"),
        )
        read_only_fields = fields


class LinkQuery(serializers.Serializer[Any]):
    integration_id = serializers.UUIDField(required=False)
    project_id = serializers.UUIDField(required=False)


class ReferenceOutput(serializers.ModelSerializer[TaskReference]):
    task_id = serializers.UUIDField()

    class Meta:
        model = TaskReference
        fields: tuple[str, ...] = ("id", "task_id", "kind", "title", "url", "state", "closes", "version")
        read_only_fields = fields


class ReferenceQuery(serializers.Serializer[Any]):
    task_id = serializers.UUIDField(required=False)


class RepositoryLinkViewSet(ViewSet):
    """Projects whose tasks are exchanged with the issues of repositories."""

    roles = dict.fromkeys(("list", "create", "retrieve", "partial_update"), ADMINS)
    queries = {"list": LinkQuery}
    inputs = {"create": NewLinkInput, "partial_update": LinkInput}
    outputs = dict.fromkeys(roles, LinkOutput)

    def list(self, request: Request) -> Response:
        return self.page(selectors.repository_links(**self.query))

    def create(self, request: Request) -> Response:
        return self.reply(repositories.link_repository(**self.read()))

    def retrieve(self, request: Request, link_id: UUID) -> Response:
        return self.reply(selectors.get_link(link_id))

    def partial_update(self, request: Request, link_id: UUID) -> Response:
        return self.reply(repositories.update_link(link_id=link_id, values=self.read()))


class TaskReferenceViewSet(ViewSet):
    """Pull requests and commits that mention the issue of a task."""

    roles = {"list": ADMINS}
    queries = {"list": ReferenceQuery}
    outputs = {"list": ReferenceOutput}

    def list(self, request: Request) -> Response:
        return self.page(selectors.task_references(**self.query))
