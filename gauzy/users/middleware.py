"""The tenant of a program's token or API key."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import PermissionDenied

from gauzy import context
from gauzy.context import Actor, ActorKind
from gauzy.exceptions import DomainError
from gauzy.rest.addresses import client_address
from gauzy.rest.scopes import scope_of
from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import acting_as, with_role
from gauzy.tenancy.roles import weaker
from gauzy.users import selectors, services
from gauzy.users.exceptions import CsrfFailed, MissingScope, NotForKeys
from gauzy.users.tokens import KEY_PREFIX


class TokenMiddleware:
    """Put the tenant, actor and role of an access token or API key in force, until the view's answer is rendered.

    Sets `request.membership`, and `request.access_token` or `request.api_key`. What is no good changes nothing here:
    the view's `TokenAuthentication` refuses it, also a key that may not do this: `request.key_refusal` says why. Only
    the API takes either.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        secret = bearer_of(request) if request.path.startswith("/api/") else None
        if not secret:
            return self.get_response(request)
        return self._with_key(request, secret) if secret.startswith(KEY_PREFIX) else self._with_token(request, secret)

    def _with_token(self, request: Any, secret: str) -> HttpResponse:
        token = selectors.find_usable_token(secret)
        if token is None:
            return self.get_response(request)
        services.note_token_use(token)
        request.access_token = token
        _bind(request, token.membership)
        with acting_as(token.membership):
            return self.get_response(request)

    def _with_key(self, request: Any, secret: str) -> HttpResponse:
        key = selectors.find_usable_key(secret, address=client_address(request))
        if key is None:
            return self.get_response(request)
        services.note_key_use(key)
        request.api_key, request.key_refusal = key, _refusal(key, request)
        if request.key_refusal:
            return self.get_response(request)
        _bind(request, key.membership)
        user, role = key.membership.user, weaker(Role(key.role), Role(key.membership.role))
        actor = Actor(ActorKind.API_KEY, f"{user} with key {key.name}", key.pk, user.pk)
        correlation_id = context.current().correlation_id
        with context.acting(tenant_id=key.tenant_id, actor=actor, correlation_id=correlation_id), with_role(role):
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


def _bind(request: Any, membership: Any) -> None:
    request.membership, request.tenant = membership, membership.tenant


def _refusal(key: Any, request: HttpRequest) -> DomainError | None:
    scope = scope_of(request.method or "", request.path_info)
    if scope is None:
        return NotForKeys()
    return None if scope in key.scopes else MissingScope(f"The API key has not the scope {scope}.")
