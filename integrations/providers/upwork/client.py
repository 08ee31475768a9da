"""Upwork's GraphQL API, as far as we use it. Knows nothing of our rows."""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import httpx

from integrations.exceptions import AccessRefused, PermissionMissing, ProviderError, TokenRefused
from integrations.providers.upwork.http import HEADERS, TIMEOUT, Answer, Temporary, post, require_success

_TRIES = 3
_SCOPES = re.compile(r"permissions/scopes to access: \[([^\]]*)\]")
_INTERNAL = re.compile(r"^5\d\d\b|INTERNAL_ERROR")


@dataclass(frozen=True, slots=True)
class Reply:
    """`failed`: the top-level fields or aliases that could not be answered, and why; `data` has the rest."""

    data: Mapping[str, Any]
    failed: Mapping[str, str] = field(default_factory=dict)


class UpworkClient:
    """Talks with one token for one organization; a context manager. Refusals become `ProviderError` and its kinds.

    `backoff`: seconds before the second try of what is only temporary; twice as many before the third.
    """

    def __init__(self, url: str, token: str, *, organization: str = "", backoff: float = 1.0) -> None:
        headers = {**HEADERS, "Authorization": f"Bearer {token}"}
        if organization:  # without it Upwork answers for the user's default organization, and says nothing of it
            headers["X-Upwork-API-TenantId"] = organization
        self._http = httpx.Client(headers=headers, timeout=TIMEOUT, follow_redirects=False)
        self._url, self._backoff = url, backoff

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def ask(self, query: str, **variables: Any) -> Reply:
        """Return the answer, whole or in part; try three times what fails for a moment."""
        for attempt in range(1, _TRIES):
            try:
                return self._ask(query, variables)
            except Temporary:
                threading.Event().wait(self._backoff * attempt)
        return self._ask(query, variables)

    def _ask(self, query: str, variables: Mapping[str, Any]) -> Reply:
        answer = post(self._http, self._url, json={"query": query, "variables": variables})
        if answer.status == httpx.codes.UNAUTHORIZED:
            raise TokenRefused
        require_success(answer)
        return _read(answer)


def _read(answer: Answer) -> Reply:
    try:
        found = answer.json()
    except ValueError as error:
        raise Temporary("Upwork's answer is no JSON.") from error
    found = found if isinstance(found, dict) else {}
    data, errors = found.get("data"), _errors(found.get("errors"))
    answered = [name for name, value in data.items() if value is not None] if isinstance(data, dict) else []
    if errors and not answered:
        raise _meaning(_message(errors[0]))
    if not isinstance(data, dict):
        raise Temporary("Upwork's answer holds nothing.")
    return Reply(data, {str(error["path"][0]): _message(error) for error in errors if _has_path(error)})


def _errors(found: Any) -> list[dict[str, Any]]:
    return [error for error in found if isinstance(error, dict)] if isinstance(found, list) else []


def _message(error: Mapping[str, Any]) -> str:
    return str(error.get("message", ""))


def _has_path(error: Mapping[str, Any]) -> bool:
    path = error.get("path")
    return isinstance(path, list) and bool(path)


def _meaning(message: str) -> ProviderError:
    """Return what an error inside a 200 is."""
    if scopes := _SCOPES.search(message):
        return PermissionMissing(f"The key lacks the permission for {scopes[1][:200]}.")
    if "Authorization failed" in message:
        return AccessRefused("Upwork does not let this user see it.")
    if _INTERNAL.search(message):
        return Temporary("Upwork failed inside.")
    return ProviderError(f"Upwork refuses the question: {message[:200]}")
