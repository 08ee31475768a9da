from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from employees import selectors, services
from employees.api.serializers.invites import (
    AcceptedOutput,
    AcceptInput,
    InviteBulkInput,
    InviteBulkOutput,
    InviteInput,
    InviteOutput,
    InviteQuery,
    TokenInput,
)
from employees.models import Invite
from gauzy.exceptions import DomainError
from gauzy.rest.permissions import ANYONE
from gauzy.rest.serializers import StrictSerializer
from gauzy.rest.views import PublicView, ViewSet
from gauzy.tenancy.roles import ADMINS
from gauzy.users.throttles import LinkThrottle


class InviteViewSet(ViewSet):
    """Invites to an organization."""

    roles = dict.fromkeys(("list", "create", "bulk", "retrieve", "resend", "revoke"), ADMINS)
    queries = {"list": InviteQuery}
    inputs = {"create": InviteInput, "bulk": InviteBulkInput, "resend": StrictSerializer, "revoke": StrictSerializer}
    outputs = dict.fromkeys(roles, InviteOutput) | {"bulk": InviteBulkOutput}
    ordering = "-created_at"

    def list(self, request: Request) -> Response:
        return self.page(selectors.invites(**self.query))

    def create(self, request: Request) -> Response:
        """Invite a person by mail, to a role weaker than your own (an owner may invite owners)."""
        return self.reply(services.create_invite(**self.read()))

    def bulk(self, request: Request) -> Response:
        """Invite several. Unless `atomic`, who can be invited is, and each item has its own verdict."""
        outcomes = services.create_invites(**self.read())
        return self.reply({"results": [_item(index, outcome) for index, outcome in enumerate(outcomes)]})

    def retrieve(self, request: Request, invite_id: UUID) -> Response:
        return self.reply(selectors.get_invite(invite_id))

    def resend(self, request: Request, invite_id: UUID) -> Response:
        """Send a new link with a new expiry; the old link is dead at once."""
        self.read()
        return self.reply(services.resend_invite(invite_id=invite_id))

    def revoke(self, request: Request, invite_id: UUID) -> Response:
        """Make the link useless; repeating it changes nothing."""
        self.read()
        return self.reply(services.revoke_invite(invite_id=invite_id))


class AcceptView(PublicView):
    """Accept an invite by the token in its link. Every token that is no good gets the same answer."""

    roles = {"post": ANYONE}
    inputs = {"post": AcceptInput}
    outputs = {"post": AcceptedOutput}
    throttle_classes = (LinkThrottle,)

    def post(self, request: Request) -> Response:
        token: Any = getattr(request, "access_token", None)  # not a session: that would need CSRF protection
        proven = token.membership.user_id if token else None
        return self.reply(services.accept_invite(**self.read(), proven_user_id=proven))


class RejectView(PublicView):
    """Decline an invite by the token in its link."""

    roles = {"post": ANYONE}
    inputs = {"post": TokenInput}
    throttle_classes = (LinkThrottle,)

    def post(self, request: Request) -> Response:
        services.reject_invite(**self.read())
        return self.reply()


def _item(index: int, outcome: Invite | DomainError) -> dict[str, Any]:
    if isinstance(outcome, DomainError):
        refusal = {"code": outcome.code, "message": outcome.message, "errors": outcome.fields}
        return {"index": index, "invite": None} | refusal
    return {"index": index, "invite": outcome, "code": "", "message": "", "errors": {}}
