from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from gauzy.site.base import ReadOnlyAdmin, ServiceModelAdmin
from gauzy.site.html import chip
from gauzy.site.navigation import Entry, Task
from integrations.choices import DeliveryState
from integrations.models import GitHubDelivery, RepositoryLink
from integrations.services import repositories

_TONES = {DeliveryState.ACCEPTED: "info", DeliveryState.PROCESSED: "good", DeliveryState.IGNORED: ""}


@admin.register(GitHubDelivery)
class GitHubDeliveryAdmin(ReadOnlyAdmin):
    navigation = (Entry(Task.INTEGRATIONS, "GitHub deliveries", "inbox", "integrations_githubdelivery_changelist"),)
    empty_hint = "Connect GitHub: what its webhook sends is here, also what was ignored."
    list_display = ("received_at", "integration", "event", "action", "state_chip", "note")
    list_filter = ("state", "event")
    list_select_related = ("integration",)
    search_fields = ("delivery",)
    ordering = ("-id",)
    fields = ("integration", "delivery", "event", "action", "state_chip", "note", "received_at")

    @admin.display(description="state", ordering="state")
    def state_chip(self, delivery: GitHubDelivery) -> str:
        state = DeliveryState(delivery.state)
        return chip(state.label, _TONES[state])


@admin.register(RepositoryLink)
class RepositoryLinkAdmin(ServiceModelAdmin):
    navigation = (Entry(Task.INTEGRATIONS, "Repositories", "code", "integrations_repositorylink_changelist"),)
    empty_hint = "Add one to have a project's tasks and a repository's issues follow each other."
    list_display = ("repository", "project", "integration", "sync_label", "is_active")
    list_select_related = ("project", "integration")
    list_filter = ("is_active",)
    search_fields = ("repository",)
    ordering = ("repository", "id")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("integration", "project", "repository", "sync_label", *(["is_active"] if obj else []))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("integration", "project", "repository") if obj else ()

    def create(self, values: Mapping[str, Any]) -> RepositoryLink:
        return repositories.link_repository(
            integration_id=values["integration"].pk,
            project_id=values["project"].pk,
            repository=values["repository"],
            sync_label=values["sync_label"],
        )

    def update(self, obj: RepositoryLink, values: Mapping[str, Any]) -> None:
        repositories.update_link(link_id=obj.pk, values=values)
