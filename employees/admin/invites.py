from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.widgets import UnfoldAdminSelectWidget

from employees import selectors, services
from employees.choices import InviteStatus
from employees.models import Invite
from gauzy.site.base import ServiceModelAdmin
from gauzy.site.fields import email_field
from gauzy.site.forms import ServiceForm
from gauzy.site.html import chip
from gauzy.site.navigation import Entry, Task
from gauzy.site.parts import Card
from gauzy.site.unfolded import dialog_action
from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import current_role
from gauzy.tenancy.roles import may_grant

_TONES = {InviteStatus.OPEN: "info", InviteStatus.ACCEPTED: "good", InviteStatus.EXPIRED: "warning"}
_RESENDABLE = {InviteStatus.OPEN, InviteStatus.EXPIRED}


def _grantable() -> list[tuple[str, str]]:
    return [(role.value, str(role.label)) for role in Role if may_grant(current_role(), role)]


class InviteForm(ServiceForm):
    email = email_field(max_length=254, label="E-mail")
    role = forms.ChoiceField(choices=_grantable, initial=Role.EMPLOYEE, widget=UnfoldAdminSelectWidget())


@admin.register(Invite)
class InviteAdmin(ServiceModelAdmin):
    navigation = (Entry(Task.PEOPLE, "Invites", "forward_to_inbox", "employees_invite_changelist"),)
    empty_hint = "Invite somebody: whoever accepts becomes a member and an employee."
    form = InviteForm
    list_display = ("email", "organization", "role", "state_chip", "inviter", "expires_at")
    list_filter = ("status", "organization")
    list_select_related = ("organization",)
    search_fields = ("email", "first_name", "last_name")
    ordering = ("-created_at", "-id")
    actions_detail = ("resend", "revoke")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invite]:
        return selectors.invites()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        person = ("organization", "email", ("first_name", "last_name"), "role")
        return (*person, "state_chip", "inviter", "created_at", "expires_at", "decided_at") if obj else person

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_resend_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("employees.add_invite")

    def create(self, values: Mapping[str, Any]) -> Invite:
        organization = values["organization"]
        given = {name: value for name, value in values.items() if name != "organization"}
        return services.create_invite(organization_id=organization.pk, **given)

    @admin.display(description="state", ordering="status")
    def state_chip(self, invite: Invite) -> str:
        return chip(invite.state.label, _TONES.get(invite.state, ""))

    def fitting_actions(self, obj: Invite) -> Collection[str]:
        """Return nothing for what was answered or revoked."""
        return self.actions_detail if obj.state in _RESENDABLE else ()

    @dialog_action(
        label="Send again",
        question="A new link with a new expiry goes out; the old one is dead at once.",
        icon="forward_to_inbox",
        permissions=["resend"],
    )
    def resend(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        invite = self.get_object(request, object_id)
        act = partial(services.resend_invite, invite_id=invite.pk)
        return self.carry_out(request, object_id, act, done=f"A new link is on its way to {invite.email}.")

    @dialog_action(
        label="Revoke",
        question="The link is no good any more; the person is not told.",
        icon="unsubscribe",
        permissions=["resend"],
        variant="danger",
    )
    def revoke(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        invite = self.get_object(request, object_id)
        act = partial(services.revoke_invite, invite_id=invite.pk)
        return self.carry_out(request, object_id, act, done="The invite is revoked.")

    def cards(self, request: HttpRequest) -> Iterable[Card]:
        """Say how many invites wait for an answer."""
        waiting = selectors.invites(state=InviteStatus.OPEN).count()
        link = f"{reverse('admin:employees_invite_changelist')}?status__exact={InviteStatus.OPEN}"
        return [Card("Invites", waiting, "wait for an answer", link, "forward_to_inbox")]
