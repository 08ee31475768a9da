"""One's own account."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from gauzy.rest.permissions import ANYONE
from gauzy.rest.views import PublicView, View
from gauzy.tenancy.models import Membership
from gauzy.tenancy.roles import MEMBERS
from gauzy.tenancy.selectors import active_memberships
from gauzy.users import services
from gauzy.users.api.membership import membership_in
from gauzy.users.api.serializers import (
    DetailOutput,
    EmailInput,
    IssuedTokenOutput,
    MembershipOutput,
    MeOutput,
    PasswordInput,
    ProfileInput,
    TokenSwitchInput,
)
from gauzy.users.throttles import LinkThrottle, LoginThrottle, MailThrottle, OwnMailThrottle


class MeView(View):
    """Who you are here, and how you are called."""

    roles = {"get": MEMBERS, "patch": MEMBERS}
    inputs = {"patch": ProfileInput}
    outputs = {"get": MeOutput, "patch": MeOutput}
    conditional = ("get", "patch")
    locks = ("self", "user")  # who is the same in every tenant

    def resource(self) -> QuerySet[Membership]:
        mine = membership_in(self.request)
        return active_memberships(mine.user_id).select_related("user").filter(pk=mine.pk)

    def get(self, request: Request) -> Response:
        return self.reply(membership_in(request))

    def patch(self, request: Request) -> Response:
        """Change your name. It is the same in every tenant."""
        membership = membership_in(request)
        membership.user = services.update_user(user_id=membership.user_id, values=self.read())
        return self.reply(membership)


class OwnMembershipsView(View):
    """Where you may switch to."""

    roles = {"get": MEMBERS}
    outputs = {"get": MembershipOutput}
    lists = ("get",)

    def get(self, request: Request) -> Response:
        return self.page(active_memberships(membership_in(request).user_id))


class PasswordView(View):
    """Change your password, knowing the old one. Your other tokens and sessions end."""

    roles = {"post": MEMBERS}
    inputs = {"post": PasswordInput}
    secretive = ("post",)
    throttle_classes = (LoginThrottle,)

    def post(self, request: Request) -> Response:
        token: Any = getattr(request, "access_token", None)
        services.change_password(
            user_id=membership_in(request).user_id, request=request, keep_token_id=token and token.pk, **self.read()
        )
        return self.reply()


class VerificationView(View):
    """Have the mail sent again by which you verify your e-mail."""

    roles = {"post": MEMBERS}
    outputs = {"post": DetailOutput}
    statuses = {"post": 202}
    throttle_classes = (OwnMailThrottle,)

    def post(self, request: Request) -> Response:
        services.request_verification(user_id=membership_in(request).user_id)
        return self.reply({"detail": "We have sent a mail to your address."})


class PasswordResetView(PublicView):
    """Ask for a link to choose a new password by. The answer does not tell whether anybody has this e-mail."""

    roles = {"post": ANYONE}
    inputs = {"post": EmailInput}
    outputs = {"post": DetailOutput}
    statuses = {"post": 202}
    throttle_classes = (LinkThrottle, MailThrottle)

    def post(self, request: Request) -> Response:
        services.request_password_reset(**self.read())
        return self.reply({"detail": "If somebody has an account with this e-mail, we have sent them a link."})


class TokenView(View):
    """One of your tokens for this membership."""

    roles = {"delete": MEMBERS}

    def delete(self, request: Request, token_id: UUID) -> Response:
        """Make it useless at once; repeating it changes nothing."""
        services.revoke_own_token(membership_id=membership_in(request).pk, token_id=token_id)
        return self.reply()


class SwitchTokenView(View):
    """A token for your membership in another tenant; the one that you send stays."""

    roles = {"post": MEMBERS}
    inputs = {"post": TokenSwitchInput}
    outputs = {"post": IssuedTokenOutput}
    statuses = {"post": 201}
    secretive = ("post",)

    def post(self, request: Request) -> Response:
        token: Any = getattr(request, "access_token", None)
        user, end = membership_in(request).user, token and token.expires_at
        return self.reply(services.switch_token(user=user, not_after=end, **self.read()))
