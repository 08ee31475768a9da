from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.widgets import UnfoldAdminSelectMultipleWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from gauzy.rest.scopes import known_scopes
from gauzy.site.base import ServiceModelAdmin
from gauzy.site.forms import ServiceForm
from gauzy.site.html import chip
from gauzy.site.navigation import Entry, Task
from gauzy.site.unfolded import dialog_action
from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import current_role
from gauzy.tenancy.roles import weaker
from gauzy.users import selectors, services
from gauzy.users.choices import KeyState
from gauzy.users.models import ApiKey

_TONES = {KeyState.ACTIVE: "good", KeyState.EXPIRED: "warning", KeyState.REVOKED: ""}
_ONCE = "The key is {secret} – copy it now, it is never shown again."


def _roles() -> list[tuple[str, str]]:
    own = current_role()
    return [(role.value, str(role.label)) for role in Role if own and weaker(own, role) == role]


def _scopes() -> list[tuple[str, str]]:
    return [(scope, scope) for scope in known_scopes()]


class ApiKeyForm(ServiceForm):
    role = forms.ChoiceField(choices=_roles, widget=UnfoldAdminSelectWidget(), help_text="No stronger than your own.")
    scopes = forms.MultipleChoiceField(choices=_scopes, widget=UnfoldAdminSelectMultipleWidget())
    networks = forms.CharField(
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text="From where it may be used, as 203.0.113.0/24, separated by spaces; from anywhere, if you name none.",
    )


@admin.register(ApiKey)
class ApiKeyAdmin(ServiceModelAdmin):
    """Keys for programs. Managers see their own."""

    navigation = (Entry(Task.INTEGRATIONS, "API keys", "key", "users_apikey_changelist"),)
    empty_hint = "An API key lets a program in, for as much as you allow it."
    form = ApiKeyForm
    list_display = ("name", "prefix", "state_chip", "member", "role", "last_used_at", "expires_at")
    list_filter = ("role",)
    list_select_related = ("membership__user",)
    search_fields = ("name", "prefix")
    ordering = ("-created_at", "-id")
    actions_detail = ("revoke",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiKey]:
        return selectors.visible_api_keys()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        given = ("name", "role", "scopes", "networks")
        shown = ("prefix", "state_chip", "member", "created_at", "expires_at", "last_used_at", "revoked_at", "id")
        return (*given, *shown) if obj else (*given, "expires_at")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say that nothing of a key changes; for its action, Unfold asks with an id."""
        return super().has_change_permission(request, obj) and not isinstance(obj, ApiKey) and obj is not None

    def create(self, values: Mapping[str, Any]) -> ApiKey:
        networks = values["networks"].replace(",", " ").split()
        issued = services.create_api_key(**{**values, "role": Role(values["role"]), "networks": networks})
        vars(issued.key)["secret"] = issued.secret
        return issued.key

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        messages.warning(request, _ONCE.format(secret=vars(obj)["secret"]))
        return super().response_add(request, obj, post_url_continue)

    @admin.display(description="state")
    def state_chip(self, key: ApiKey) -> str:
        return chip(key.state.label, _TONES[key.state])

    @admin.display(description="acts for")
    def member(self, key: ApiKey) -> str:
        return str(key.membership.user)

    @dialog_action(
        label="Revoke",
        question="Whatever uses it is shut out at once, for good.",
        icon="key_off",
        permissions=["change"],
        variant="danger",
    )
    def revoke(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        key = self.get_object(request, object_id)
        return self.carry_out(
            request,
            object_id,
            lambda: services.revoke_api_key(api_key_id=key.pk),
            done=f"{key} opens nothing any more.",
        )
