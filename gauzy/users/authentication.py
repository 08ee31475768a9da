from typing import Any

from rest_framework import authentication
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from gauzy.users.exceptions import InvalidToken
from gauzy.users.middleware import bearer_of, require_csrf


class TokenAuthentication(BaseAuthentication):
    """Tells DRF whom `TokenMiddleware` found. The context has long been in force."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        if bearer_of(request) is None:
            return None
        if refusal := getattr(request, "key_refusal", None):
            raise refusal
        found = getattr(request, "access_token", None) or getattr(request, "api_key", None)
        if found is None:
            raise InvalidToken
        return found.membership.user, found

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class SessionAuthentication(authentication.SessionAuthentication):
    """DRF's, which says what a browser has to send beside its cookie."""

    def enforce_csrf(self, request: Any) -> None:
        require_csrf(request)
