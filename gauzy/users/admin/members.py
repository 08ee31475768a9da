from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.widgets import UnfoldAdminSelectWidget

from gauzy.site.base import ServiceModelAdmin
from gauzy.site.forms import ServiceForm
from gauzy.site.html import chip
from gauzy.site.navigation import Entry, Task
from gauzy.site.unfolded import dialog_action
from gauzy.tenancy import selectors
from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import current_role
from gauzy.tenancy.models import Membership
from gauzy.tenancy.roles import may_grant
from gauzy.tenancy.services import change_role
from gauzy.users import services

_TONES = {Role.OWNER: "good", Role.ADMIN: "good", Role.MANAGER: "info"}


class MemberForm(ServiceForm):
    role = forms.ChoiceField(widget=UnfoldAdminSelectWidget(), help_text="Weaker than your own.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if role := self.fields.get("role"):
            offered = [one for one in Role if may_grant(current_role(), one) or one == self.instance.role]
            role.choices = [(one.value, str(one.label)) for one in offered]  # type: ignore[attr-defined]  # a ChoiceField


@admin.register(Membership)
class MembershipAdmin(ServiceModelAdmin):
    """Who may work in the tenant, and as what."""

    navigation = (Entry(Task.PEOPLE, "Members", "group", "tenancy_membership_changelist"),)
    empty_hint = "Somebody who accepts an invite is a member from then on."
    form = MemberForm
    list_display = ("name", "email", "role_chip", "is_active", "created_at")
    list_display_links = ("name",)
    list_filter = ("role", "is_active")
    list_select_related = ("user",)
    search_fields = ("user__email", "user__first_name", "user__last_name")
    ordering = ("-created_at", "-id")
    fields = ("name", "email", "role", "is_active", "created_at", "id")
    readonly_fields = ("name", "email", "is_active", "created_at", "id")
    actions_detail = ("end",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return selectors.members()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell whether the role may be changed: only of those whose role the actor may grant."""
        allowed = super().has_change_permission(request, obj)
        # For an action, Unfold asks with an id; the service judges that.
        return allowed and (not isinstance(obj, Membership) or may_grant(current_role(), Role(obj.role)))

    def update(self, obj: Membership, values: Mapping[str, Any]) -> None:
        change_role(membership_id=obj.pk, role=Role(values.get("role", obj.role)))

    @admin.display(description="name", ordering="user__last_name")
    def name(self, membership: Membership) -> str:
        return str(membership.user)

    @admin.display(description="e-mail", ordering="user__email")
    def email(self, membership: Membership) -> str:
        return membership.user.email

    @admin.display(description="role", ordering="role")
    def role_chip(self, membership: Membership) -> str:
        return chip(Role(membership.role).label, _TONES.get(Role(membership.role), ""))

    @dialog_action(
        label="End access",
        question="Sessions and tokens die at once. Employments go on, and nothing of theirs disappears.",
        icon="person_remove",
        permissions=["change"],
        variant="danger",
    )
    def end(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        member = self.get_object(request, object_id)
        return self.carry_out(
            request,
            object_id,
            lambda: services.end_member(membership_id=member.pk),
            done=f"{member.user} has no access any more.",
        )
