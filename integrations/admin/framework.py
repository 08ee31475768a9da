from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join

from gauzy.exceptions import DomainError
from gauzy.site.base import ReadOnlyAdmin, ServiceModelAdmin
from gauzy.site.html import chip
from gauzy.site.navigation import Entry, Task
from gauzy.site.parts import Card
from gauzy.site.unfolded import dialog_action
from integrations import selectors
from integrations.admin.forms import IntegrationForm, NewIntegrationForm
from integrations.choices import IntegrationState, Provider, SyncState
from integrations.models import Integration, SyncRun
from integrations.services import connecting, syncing, upwork_access

_TONES = {
    IntegrationState.ACTIVE: "good",
    IntegrationState.PAUSED: "warning",
    IntegrationState.SUSPENDED: "danger",
    IntegrationState.REMOVED: "",
}
_RUN_TONES = {SyncState.RUNNING: "info", SyncState.DONE: "good", SyncState.FAILED: "danger"}
_SHOWN = (
    *("provider", "organization", "account", "state_chip", "state_reason", "secrets_set"),
    *("last_synced_at", "created_at"),
)


@admin.register(Integration)
class IntegrationAdmin(ServiceModelAdmin):
    navigation = (Entry(Task.INTEGRATIONS, "Integrations", "hub", "integrations_integration_changelist", rank=0),)
    empty_hint = "Add one to exchange tasks and time with GitHub or Upwork."
    list_display = ("name", "provider", "organization", "account", "state_chip", "last_synced_at")
    list_filter = ("provider", "state")
    list_select_related = ("organization",)
    search_fields = ("name", "account")
    ordering = ("name", "id")
    actions_detail = ("connect", "pause", "resume", "sync", "remove")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = IntegrationForm.of(Provider(obj.provider), obj.entities) if obj else NewIntegrationForm
        return super().get_form(request, obj, change, **{"form": form} | kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [(None, {"fields": ("name", "provider", "organization", "secrets")})]
        entities = tuple(IntegrationForm.of(Provider(obj.provider), obj.entities).entity_fields())
        return [
            (None, {"fields": ("name", *_SHOWN)}),
            ("What is exchanged", {"fields": entities}),
            ("Secrets", {"fields": ("secrets",)}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return _SHOWN if obj else ()

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.finish_at_upwork)
        return [path("upwork/callback", view, name="integrations_upwork_callback"), *super().get_urls()]

    def fitting_actions(self, obj: Any) -> list[str]:
        return [name for name in self.actions_detail if name != "connect" or obj.provider == Provider.UPWORK]

    def create(self, values: Mapping[str, Any]) -> Integration:
        return connecting.create_integration(
            organization_id=values["organization"].pk,
            provider=Provider(values["provider"]),
            name=values["name"],
            secrets=values["secrets"],
        )

    def update(self, obj: Integration, values: Mapping[str, Any]) -> None:
        entities = {name.removeprefix("entity_"): way for name, way in values.items() if name.startswith("entity_")}
        connecting.update_integration(
            integration_id=obj.pk, name=values.get("name"), entities=entities, secrets=values.get("secrets")
        )

    @admin.display(description="state", ordering="state")
    def state_chip(self, integration: Integration) -> str:
        state = IntegrationState(integration.state)
        return chip(state.label, _TONES[state])

    @admin.display(description="secrets set")
    def secrets_set(self, integration: Integration) -> str:
        return ", ".join(integration.secret_names) or "none"

    @dialog_action(
        label="Connect with Upwork",
        question="You go to Upwork, agree there, and come back.",
        icon="login",
        permissions=["change"],
    )
    def connect(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        integration = self.get_object(request, object_id)
        try:
            address = upwork_access.start_connecting(integration_id=integration.pk, session=_session_of(request))
        except DomainError as refusal:
            messages.error(request, refusal.message)
            address = _page_of(integration.pk)
        return self.to_address(request, address)

    def finish_at_upwork(self, request: HttpRequest) -> HttpResponse:
        """Take the user in who comes back from Upwork; the state proves that they left from here."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        state = request.GET.get("state", "")
        try:
            integration = upwork_access.finish_connecting(
                integration_id=upwork_access.integration_of(state),
                session=_session_of(request),
                state=state,
                code=request.GET.get("code", ""),
                error=request.GET.get("error", ""),
            )
        except DomainError as refusal:
            messages.error(request, refusal.message)
            return redirect("admin:integrations_integration_changelist")
        messages.success(request, f"{integration} is connected with Upwork's account {integration.account}.")
        return redirect(_page_of(integration.pk))

    @dialog_action(
        label="Pause",
        question="Nothing comes in or goes out until it is resumed.",
        icon="pause",
        permissions=["change"],
    )
    def pause(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._set_state(request, object_id, IntegrationState.PAUSED)

    @dialog_action(
        label="Resume", question="It takes in and gives out again.", icon="play_arrow", permissions=["change"]
    )
    def resume(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._set_state(request, object_id, IntegrationState.ACTIVE)

    @dialog_action(
        label="Remove",
        question="Its secrets are forgotten for good. What it brought stays.",
        icon="link_off",
        permissions=["change"],
        variant="danger",
    )
    def remove(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._set_state(request, object_id, IntegrationState.REMOVED)

    @dialog_action(label="Sync now", question="A worker takes in what is new.", icon="sync", permissions=["change"])
    def sync(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        integration = self.get_object(request, object_id)
        return self.carry_out(
            request,
            object_id,
            lambda: syncing.request_sync(integration_id=integration.pk),
            done="A worker has been asked.",
        )

    def _set_state(self, request: HttpRequest, object_id: str, state: IntegrationState) -> HttpResponse:
        integration = self.get_object(request, object_id)
        return self.carry_out(
            request,
            object_id,
            lambda: connecting.set_state(integration_id=integration.pk, state=state),
            done=f"{integration} is {state.label.lower()} now.",
        )


def _session_of(request: HttpRequest) -> str:
    return f"session {request.session.session_key}"


def _page_of(integration_id: UUID) -> str:
    return reverse("admin:integrations_integration_change", args=(integration_id,))


@admin.register(SyncRun)
class SyncRunAdmin(ReadOnlyAdmin):
    navigation = (Entry(Task.INTEGRATIONS, "Syncs", "sync", "integrations_syncrun_changelist"),)
    empty_hint = "Connect an integration: each of its runs is here."
    list_display = ("started_at", "integration", "state_chip", "created", "updated", "unchanged", "conflicts", "error")
    list_filter = ("state",)
    list_select_related = ("integration",)
    ordering = ("-id",)
    fields = (
        *("integration", "state_chip", "started_at", "finished_at", "pages", "created", "updated", "unchanged"),
        *("conflicts", "conflict_list", "error", "error_text"),
    )

    @admin.display(description="state", ordering="state")
    def state_chip(self, run: SyncRun) -> str:
        state = SyncState(run.state)
        return chip(state.label, _RUN_TONES[state])

    @admin.display(description="what could not be taken in")
    def conflict_list(self, run: SyncRun) -> str:
        rows = ((conflict.external_id, conflict.message) for conflict in selectors.conflicts_of(run.pk)[:100])
        return format_html_join("", "<div>{}: {}</div>", rows) or "nothing"

    def cards(self, request: HttpRequest) -> Iterable[Card]:
        """Say how many integrations' last word was a failure."""
        failed = selectors.integrations_whose_last_sync_failed().count()
        link = reverse("admin:integrations_syncrun_changelist")
        return [Card("Syncs failed", failed, "by their last run", link, "sync_problem", "danger" if failed else "good")]
