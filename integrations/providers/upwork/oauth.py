"""Signing in at Upwork: OAuth 2 with an authorization code, and tokens that are renewed."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx

from integrations.exceptions import AccessRefused, ConnectionLost, ProviderError
from integrations.providers.upwork.http import HEADERS, TIMEOUT, Answer, post, require_success

_AUTHORIZE, _TOKEN = "/ab/account-security/oauth2/authorize", "/api/v3/oauth2/token"
_LIFETIME = 86_400  # seconds, where the answer names none


@dataclass(frozen=True, slots=True)
class Keys:
    """The application's key, as its owner got it from Upwork."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Tokens:
    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime


def authorize_url(site: str, *, client_id: str, redirect_uri: str, state: str) -> str:
    """Return where the user agrees. Permissions are those of the key; naming any here is refused by some keys."""
    query = {"response_type": "code", "client_id": client_id, "redirect_uri": redirect_uri, "state": state}
    return f"{site}{_AUTHORIZE}?{urlencode(query)}"


def exchange(site: str, keys: Keys, *, code: str, redirect_uri: str, now: datetime) -> Tokens:
    """Return the tokens for a code, which is good once; raise `ConnectionLost` for one that is not, `ProviderError`."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    return _ask(site, keys, form, now=now, kept="")


def refresh(site: str, keys: Keys, *, token: str, now: datetime) -> Tokens:
    """Return new tokens; the old pair is dead from then on. Raises `ConnectionLost` only if Upwork says it is."""
    return _ask(site, keys, {"grant_type": "refresh_token", "refresh_token": token}, now=now, kept=token)


def _ask(site: str, keys: Keys, form: dict[str, str], *, now: datetime, kept: str) -> Tokens:
    sent = {**form, "client_id": keys.client_id, "client_secret": keys.client_secret}
    with httpx.Client(headers=HEADERS, timeout=TIMEOUT, follow_redirects=False) as http:
        answer = post(http, f"{site}{_TOKEN}", data=sent)
    found = _read(answer)
    error = found.get("error")
    if error == "invalid_grant":
        raise ConnectionLost
    if error:
        raise AccessRefused(f"Upwork refuses the key: {str(error)[:100]}.")
    require_success(answer)
    access, refreshed = found.get("access_token"), found.get("refresh_token") or kept
    if not (access and isinstance(access, str) and isinstance(refreshed, str)):
        raise ProviderError("Upwork's answer holds no token.")
    return Tokens(access, refreshed, now + _lifetime(found.get("expires_in")))


def _read(answer: Answer) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}  # a page of HTML says nothing of the grant
    return found if isinstance(found, dict) else {}


def _lifetime(told: Any) -> timedelta:
    """Read seconds, which come as a number and as text."""
    return timedelta(seconds=int(told) if str(told).isdecimal() and len(str(told)) < 9 else _LIFETIME)
