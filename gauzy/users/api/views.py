from typing import Any

from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from gauzy.rest.permissions import ANYONE
from gauzy.rest.views import PublicView, View
from gauzy.tenancy.roles import MEMBERS
from gauzy.users import selectors, services
from gauzy.users.api.membership import membership_in
from gauzy.users.api.serializers import (
    IssuedTokenOutput,
    LoginInput,
    RegistrationInput,
    RegistrationOutput,
    SetPasswordInput,
    TokenOutput,
    VerifyEmailInput,
)
from gauzy.users.throttles import AccountThrottle, LinkThrottle, LoginThrottle, RegistrationThrottle


class RegisterView(PublicView):
    """Sign up: a user, a tenant of their own, and its first organization."""

    roles = {"post": ANYONE}
    inputs = {"post": RegistrationInput}
    outputs = {"post": RegistrationOutput}
    statuses = {"post": 202}
    throttle_classes = (RegistrationThrottle,)

    def post(self, request: Request) -> Response:
        values = self.read()
        services.register(**values)
        return self.reply({"email": values["email"], "detail": "We have sent a mail to this address."})


class TokensView(View):
    """Sign in: a token for one membership. And which tokens of it there are."""

    roles = {"get": MEMBERS, "post": ANYONE}
    inputs = {"post": LoginInput}
    outputs = {"get": TokenOutput, "post": IssuedTokenOutput}
    statuses = {"post": 201}
    refusals = {"post": (401, 403)}
    lists = ("get",)
    secretive = ("post",)

    def get_authenticators(self) -> list[Any]:
        """Let in who signs in with whatever stale token they have."""
        return [] if self.operation == "post" else super().get_authenticators()

    def get_throttles(self) -> list[Any]:
        if self.operation == "post":
            self.throttle_classes = (LoginThrottle, AccountThrottle)
        return super().get_throttles()

    def get(self, request: Request) -> Response:
        return self.page(selectors.tokens_of(membership_in(request).pk))

    def post(self, request: Request) -> Response:
        return self.reply(services.login(**self.read(), request=request))


class CurrentTokenView(View):
    """Sign out."""

    roles = {"delete": MEMBERS}

    def delete(self, request: Request) -> Response:
        token = getattr(request, "access_token", None)
        if token is None:
            raise NotAuthenticated("Only a token can be revoked: sign out of a session in the browser.")
        services.revoke_token(token_id=token.id)
        return self.reply()


class SetPasswordView(PublicView):
    """Choose a password by a mailed link; access tokens issued before are revoked."""

    roles = {"post": ANYONE}
    inputs = {"post": SetPasswordInput}
    throttle_classes = (LinkThrottle,)

    def post(self, request: Request) -> Response:
        services.set_password_with_link(**self.read())
        return self.reply()


class VerifyEmailView(PublicView):
    """Prove by a mailed link that an e-mail is yours."""

    roles = {"post": ANYONE}
    inputs = {"post": VerifyEmailInput}
    throttle_classes = (LinkThrottle,)

    def post(self, request: Request) -> Response:
        services.verify_email(**self.read())
        return self.reply()
