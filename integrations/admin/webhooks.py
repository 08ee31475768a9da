from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from gauzy.site.base import ReadOnlyAdmin, ServiceModelAdmin
from gauzy.site.html import chip, link
from gauzy.site.navigation import Entry, Task
from gauzy.site.parts import Card
from gauzy.site.unfolded import dialog_action
from integrations import selectors
from integrations.admin.forms import EndpointForm
from integrations.choices import EndpointState
from integrations.models import WebhookAttempt, WebhookEndpoint
from integrations.services import endpoints

_TONES = {
    EndpointState.ACTIVE: "good",
    EndpointState.PAUSED: "warning",
    EndpointState.DISABLED: "danger",
    EndpointState.REMOVED: "",
}
_SHOWN = ("state_chip", "state_reason", "failures", "failing_since", "attempts_link", "created_at")
_ONCE = "The signing secret is {secret} – copy it now, it is never shown again."


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ServiceModelAdmin):
    navigation = (Entry(Task.INTEGRATIONS, "Webhooks", "webhook", "integrations_webhookendpoint_changelist"),)
    empty_hint = "Add an address of yours: it is told, signed, of the events you choose."
    form = EndpointForm
    list_display = ("__str__", "url", "state_chip", "failures", "created_at")
    list_filter = ("state",)
    search_fields = ("url", "description")
    ordering = ("-id",)
    actions_detail = ("ping", "pause", "resume", "rotate", "remove")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        written = (None, {"fields": ("url", "description", "events")})
        return [written, ("State", {"fields": _SHOWN})] if obj else [written]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return _SHOWN if obj else ()

    def create(self, values: Mapping[str, Any]) -> WebhookEndpoint:
        endpoint, secret = endpoints.create_endpoint(**values)
        vars(endpoint)["secret"] = secret
        return endpoint

    def update(self, obj: WebhookEndpoint, values: Mapping[str, Any]) -> None:
        endpoints.update_endpoint(endpoint_id=obj.pk, **values)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        messages.warning(request, _ONCE.format(secret=vars(obj)["secret"]))
        return super().response_add(request, obj, post_url_continue)

    @admin.display(description="state", ordering="state")
    def state_chip(self, endpoint: WebhookEndpoint) -> str:
        state = EndpointState(endpoint.state)
        return chip(state.label, _TONES[state])

    @admin.display(description="what was sent")
    def attempts_link(self, endpoint: WebhookEndpoint) -> str:
        attempts = reverse("admin:integrations_webhookattempt_changelist")
        return link(f"{attempts}?endpoint__id__exact={endpoint.pk}", "Attempts and answers")

    @dialog_action(label="Ping", question="It gets a message of its own.", icon="network_ping", permissions=["change"])
    def ping(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        endpoint = self.get_object(request, object_id)
        return self.carry_out(
            request,
            object_id,
            lambda: endpoints.ping(endpoint_id=endpoint.pk),
            done="A worker sends it; what was answered is among the attempts.",
        )

    @dialog_action(
        label="Pause",
        question="It is told of nothing until it is resumed, and never of what happens meanwhile.",
        icon="pause",
        permissions=["change"],
    )
    def pause(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._set_state(request, object_id, EndpointState.PAUSED)

    @dialog_action(label="Resume", question="Past failures are forgotten.", icon="play_arrow", permissions=["change"])
    def resume(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._set_state(request, object_id, EndpointState.ACTIVE)

    @dialog_action(
        label="New secret",
        question="For a day, messages are signed with the old one too.",
        icon="key",
        permissions=["change"],
    )
    def rotate(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        endpoint = self.get_object(request, object_id)

        def act() -> None:
            _, secret = endpoints.rotate_secret(endpoint_id=endpoint.pk)
            messages.warning(request, _ONCE.format(secret=secret))

        return self.carry_out(request, object_id, act, done="There is a new secret.")

    @dialog_action(
        label="Remove",
        question="It is told of nothing any more, for good.",
        icon="link_off",
        permissions=["change"],
        variant="danger",
    )
    def remove(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._set_state(request, object_id, EndpointState.REMOVED)

    def cards(self, request: HttpRequest) -> Iterable[Card]:
        """Say how many endpoints were switched off for failing."""
        disabled = selectors.endpoints(state=EndpointState.DISABLED).count()
        page = f"{reverse('admin:integrations_webhookendpoint_changelist')}?state__exact={EndpointState.DISABLED}"
        tone = "danger" if disabled else "good"
        return [Card("Webhooks disabled", disabled, "after failing for days", page, "webhook", tone)]

    def _set_state(self, request: HttpRequest, object_id: str, state: EndpointState) -> HttpResponse:
        endpoint = self.get_object(request, object_id)
        return self.carry_out(
            request,
            object_id,
            lambda: endpoints.set_endpoint_state(endpoint_id=endpoint.pk, state=state),
            done=f"{endpoint} is {state.label.lower()} now.",
        )


@admin.register(WebhookAttempt)
class WebhookAttemptAdmin(ReadOnlyAdmin):
    navigation = (Entry(Task.INTEGRATIONS, "Webhook attempts", "outbox", "integrations_webhookattempt_changelist"),)
    empty_hint = "Add a webhook: each attempt to reach it is here."
    list_display = ("attempted_at", "endpoint", "event_name", "attempt", "outcome", "duration_ms")
    list_filter = ("delivered", "endpoint")
    list_select_related = ("endpoint",)
    ordering = ("-id",)
    fields = ("endpoint", "event", "attempt", "outcome", "error", "answer", "duration_ms", "attempted_at")

    @admin.display(description="outcome", ordering="delivered")
    def outcome(self, attempt: WebhookAttempt) -> str:
        answered = str(attempt.status or "no answer")
        return chip(answered, "good" if attempt.delivered else "danger")

    @admin.display(description="event")
    def event(self, attempt: WebhookAttempt) -> str:
        return link(reverse("admin:bus_event", args=(attempt.event_id,)), attempt.event_name)
