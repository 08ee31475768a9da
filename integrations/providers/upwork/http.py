"""One request and its whole answer, which may be neither endless nor slow for ever."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from integrations.exceptions import ProviderError, RateLimited

TIMEOUT = httpx.Timeout(20.0, connect=5.0)
HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "Gauzy"}
_LONGEST = 30.0  # seconds for an answer as a whole: three of them are shorter than the lease of a sync
_LARGEST = 16 * 1024 * 1024  # bytes
_DEFAULT_WAIT, _LONGEST_WAIT = 60.0, 86_400.0  # seconds; Upwork names no time, and its quota is a day's


class Temporary(ProviderError):
    """Asking again in a moment may help."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_success(self) -> bool:
        return httpx.codes.is_success(self.status)

    def json(self) -> Any:
        """Return what the body says; raise ValueError if it is no JSON."""
        try:
            return json.loads(self.body)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


def post(http: httpx.Client, url: str, **options: Any) -> Answer:
    """Post, and read the answer up to a size and for a time; raise `Temporary`."""
    deadline, body = time.monotonic() + _LONGEST, bytearray()
    try:
        with http.stream("POST", url, **options) as answer:
            if answer.headers.get("Content-Encoding", "identity") != "identity":
                raise Temporary("Upwork's answer is packed, which we did not ask for.")
            for chunk in answer.iter_raw():
                body += chunk
                if len(body) > _LARGEST or time.monotonic() > deadline:
                    raise Temporary("Upwork's answer does not end.")
            return Answer(answer.status_code, answer.headers, bytes(body))
    except httpx.HTTPError as error:
        raise Temporary(f"Upwork cannot be asked: {type(error).__name__}.") from error


def require_success(answer: Answer) -> None:
    """Raise for an answer that is none; what the edge of Upwork's network refuses says nothing of our token."""
    status = answer.status
    if answer.is_success:
        return
    if status == httpx.codes.TOO_MANY_REQUESTS:
        after = answer.headers.get("Retry-After", "")
        raise RateLimited(min(float(after), _LONGEST_WAIT) if after.isdecimal() else _DEFAULT_WAIT)
    if status >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise Temporary(f"Upwork answered {status}.")
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        raise ProviderError(f"The edge of Upwork's network blocks us: {status}.")
    raise ProviderError(f"Upwork answered {status}.")
