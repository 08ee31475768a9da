"""The tenant of a program's token."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import PermissionDenied

from gauzy.tenancy.membership import acting_as
from gauzy.users import selectors, services
from gauzy.users.exceptions import CsrfFailed


class TokenMiddleware:
    """Put the tenant, actor and role of an access token in force, from before the view until its answer is rendered.

    Sets `request.access_token` and `request.membership`. A token that is no good changes nothing here: the view's
    `TokenAuthentication` refuses it. Only the API takes tokens.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        secret = bearer_of(request) if request.path.startswith("/api/") else None
        token = selectors.find_usable_token(secret) if secret else None
        if token is None:
            return self.get_response(request)
        services.note_token_use(token)
        _bind(request, token)
        with acting_as(token.membership):
            return self.get_response(request)


def bearer_of(request: Any) -> str | None:
    """Return what the request offers as a bearer token, if it does: perhaps nothing but the word."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else None


def require_csrf(request: Any) -> None:
    """Raise `CsrfFailed` unless the request has the CSRF token, and comes from a page that may send it."""
    try:
        SessionAuthentication().enforce_csrf(request)
    except PermissionDenied as error:
        raise CsrfFailed from error


def _bind(request: Any, token: Any) -> None:
    request.access_token, request.membership, request.tenant = token, token.membership, token.membership.tenant
