"""Sessions for browsers: a cookie that scripts cannot read, and a CSRF token that only our own pages can."""

from typing import Any

from django.middleware.csrf import get_token
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

from gauzy.rest.permissions import ANYONE
from gauzy.rest.views import PublicView, View
from gauzy.tenancy.roles import MEMBERS
from gauzy.users import services
from gauzy.users.api.serializers import SessionInput, SessionOutput, SwitchInput
from gauzy.users.exceptions import NotASession
from gauzy.users.middleware import require_csrf
from gauzy.users.throttles import AccountThrottle, LoginThrottle


class SessionView(PublicView):
    """A browser's session, bound to one membership."""

    roles = dict.fromkeys(("get", "post", "delete"), ANYONE)
    inputs = {"post": SessionInput}
    outputs = {"get": SessionOutput, "post": SessionOutput}
    refusals = {"post": (401, 403), "delete": (403,)}
    secretive = ("get", "post")

    def get_throttles(self) -> list[Any]:
        if self.operation == "post":
            self.throttle_classes = (LoginThrottle, AccountThrottle)
        return super().get_throttles()

    def get(self, request: Request) -> Response:
        """Tell who is signed in, and the CSRF token, which comes as a cookie too: begin here."""
        return self.reply(_session(request, getattr(request, "membership", None)))

    def post(self, request: Request) -> Response:
        """Sign in. Also this needs the CSRF token: nobody signs a browser in to an account of theirs."""
        require_csrf(request)
        membership = services.open_session(request=request, **self.read())
        return self.reply(_session(request, membership))

    def delete(self, request: Request) -> Response:
        """Sign out; without a session nothing changes."""
        require_csrf(request)
        services.close_session(request=request)
        return self.reply()


class SwitchSessionView(View):
    """Move the session to your membership in another tenant."""

    roles = {"post": MEMBERS}
    inputs = {"post": SwitchInput}
    outputs = {"post": SessionOutput}
    secretive = ("post",)

    def post(self, request: Request) -> Response:
        values = self.read()
        if not isinstance(request.successful_authenticator, SessionAuthentication):
            raise NotASession
        membership = services.switch_session(request=request, **values)
        return self.reply(_session(request, membership))


def _session(request: Request, membership: Any) -> dict[str, Any]:
    return {"csrf_token": get_token(request), "membership": membership}
