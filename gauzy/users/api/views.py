from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from gauzy.rest.permissions import ANYONE
from gauzy.rest.views import PublicView, View
from gauzy.tenancy.roles import MEMBERS
from gauzy.users import services
from gauzy.users.api.serializers import (
    IssuedTokenOutput,
    LoginInput,
    MeOutput,
    RegistrationInput,
    RegistrationOutput,
    SetPasswordInput,
    VerifyEmailInput,
)
from gauzy.users.exceptions import NoMembership
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


class TokensView(PublicView):
    """Sign in: a token for one membership."""

    roles = {"post": ANYONE}
    inputs = {"post": LoginInput}
    outputs = {"post": IssuedTokenOutput}
    statuses = {"post": 201}
    secretive = ("post",)
    throttle_classes = (LoginThrottle, AccountThrottle)

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


class MeView(View):
    """Who you are here."""

    roles = {"get": MEMBERS}
    outputs = {"get": MeOutput}

    def get(self, request: Request) -> Response:
        membership = getattr(request, "membership", None)
        if membership is None:
            raise NoMembership
        return self.reply(membership)


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
