"""GitHub's REST API, as far as we use it. Knows nothing of our rows."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx

from integrations.exceptions import AccessRefused, ProviderError, RateLimited

_TIMEOUT = httpx.Timeout(20.0, connect=5.0)
_HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28", "User-Agent": "Gauzy"}
_LONGEST_WAIT = 3_600.0  # seconds; a limit is an hour at most
_DEFAULT_WAIT = 60.0  # seconds; what GitHub asks for where it names no time


class NotThere(ProviderError):
    """What was asked for is gone, or hidden from us."""

    code = "not_there"
    message = "The other system does not have this, or does not show it to us."


@dataclass(frozen=True, slots=True)
class Reply:
    """`data` is None where a conditional request found nothing new."""

    data: Any
    etag: str
    next: str


class GitHubClient:
    """Talks to one API with one token; a context manager. Refusals become `ProviderError` and its kinds."""

    def __init__(self, base_url: str, token: str = "", *, scheme: str = "Bearer") -> None:
        authorization = {"Authorization": f"{scheme} {token}"} if token else {}
        self._http = httpx.Client(
            base_url=base_url, headers=_HEADERS | authorization, timeout=_TIMEOUT, follow_redirects=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, path: str, *, etag: str = "", **query: str | int) -> Reply:
        """Ask for a page; one that is as `etag` knows it costs no part of the rate limit."""
        return self._call("GET", path, headers={"If-None-Match": etag} if etag else {}, params=query or None)

    def post(self, path: str, **body: Any) -> Any:
        return self._call("POST", path, json=body).data

    def patch(self, path: str, **body: Any) -> Any:
        return self._call("PATCH", path, json=body).data

    def _call(self, method: str, path: str, **options: Any) -> Reply:
        try:
            answer = self._follow(self._http.request(method, path, **options), method, options)
            if answer.status_code == httpx.codes.NOT_MODIFIED:
                return Reply(None, answer.headers.get("ETag", ""), "")
            _raise_for(answer)
            data = answer.json() if answer.content else None
        except (httpx.HTTPError, ValueError) as error:
            raise ProviderError(f"GitHub cannot be asked: {type(error).__name__}.") from error
        return Reply(data, answer.headers.get("ETag", ""), answer.links.get("next", {}).get("url", ""))

    def _follow(self, answer: httpx.Response, method: str, options: Mapping[str, Any]) -> httpx.Response:
        """Follow one redirect, as renamed repositories have them, and only to where our token belongs."""
        if not answer.has_redirect_location:
            return answer
        target = answer.request.url.join(answer.headers["Location"])
        if target.netloc != answer.request.url.netloc or target.scheme != answer.request.url.scheme:
            raise AccessRefused("GitHub sends us to another host.")
        return self._http.request(method, target, **{**options, "params": None})


def _raise_for(answer: httpx.Response) -> None:
    if answer.is_success:
        return
    status = answer.status_code
    if status == 429 or (status == 403 and _is_limit(answer)):
        raise RateLimited(_wait(answer))
    if status in {401, 403}:
        raise AccessRefused(f"GitHub refuses us: {status}.")
    if status in {404, 410, 451}:
        raise NotThere(f"GitHub does not have this, or does not show it to us: {status}.")
    raise ProviderError(f"GitHub answered {status}.")


def _is_limit(answer: httpx.Response) -> bool:
    limits = "Retry-After" in answer.headers or answer.headers.get("X-RateLimit-Remaining") == "0"
    return limits or "rate limit" in answer.text.lower()


def _wait(answer: httpx.Response) -> float:
    after, reset = answer.headers.get("Retry-After", ""), answer.headers.get("X-RateLimit-Reset", "")
    if after.isdigit():
        return min(float(after), _LONGEST_WAIT)
    if reset.isdigit():
        return min(max(float(reset) - time.time(), 1.0), _LONGEST_WAIT)
    return _DEFAULT_WAIT
