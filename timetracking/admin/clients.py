from collections.abc import Mapping
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from gauzy.site.navigation import Entry, Task
from gauzy.site.unfolded import dialog_action
from timetracking.admin.archiving import ArchivableAdmin
from timetracking.admin.base import TimeAdmin, by_id
from timetracking.admin.filters import ArchivedFilter
from timetracking.models import Client, Tag
from timetracking.selectors import projects as selectors
from timetracking.services import clients as services


@admin.register(Client)
class ClientAdmin(ArchivableAdmin):
    navigation = (Entry(Task.PROJECTS, "Clients", "handshake", "timetracking_client_changelist"),)
    empty_hint = "Add whom projects are done for."
    list_display = ("name", "email", "currency", "organization", "state")
    list_filter = (ArchivedFilter, "organization")
    list_select_related = ("organization",)
    search_fields = ("name", "email", "tax_number")
    ordering = ("name", "id")
    fields = ("organization", "name", "email", "address", "tax_number", "currency")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Client]:
        return selectors.clients()

    def create(self, values: Mapping[str, Any]) -> Client:
        return services.create_client(**by_id(values))

    def update(self, obj: Client, values: Mapping[str, Any]) -> None:
        services.update_client(client_id=obj.pk, values=values)

    @dialog_action(
        label="Archive",
        question="It is offered for new projects no more; what there is stays.",
        icon="archive",
        permissions=["change"],
    )
    def archive(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._set(request, object_id, archived=True)

    @dialog_action(label="Take back", question="It is in use again.", icon="unarchive", permissions=["change"])
    def unarchive(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._set(request, object_id, archived=False)

    def _set(self, request: HttpRequest, object_id: str, *, archived: bool) -> HttpResponse:
        client = self.get_object(request, object_id)
        act = partial(services.archive_client, client_id=client.pk, archived=archived)
        return self.carry_out(request, object_id, act, done=self.told(client, archived=archived))


@admin.register(Tag)
class TagAdmin(TimeAdmin):
    navigation = (Entry(Task.PROJECTS, "Tags", "sell", "timetracking_tag_changelist", rank=2),)
    empty_hint = "Add words by which logs and tasks are found."
    list_display = ("name", "organization", "created_at")
    list_filter = ("organization",)
    list_select_related = ("organization",)
    search_fields = ("name",)
    ordering = ("name", "id")
    fields = ("organization", "name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        return selectors.tags()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def create(self, values: Mapping[str, Any]) -> Tag:
        return services.create_tag(**by_id(values))
