"""A client program of the REST API, as small as a demonstration needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import httpx

API = "/api/v1"


class Unexpected(Exception):
    """The product answered something else than the story needs."""


class ApiClient:
    """Calls the API; every call is a piece of work of its own, whose correlation id is `last_request_id`."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self.last_request_id = uuid4()

    def sign_in(self, email: str, password: str) -> bool:
        """Use a new token from now on; tell whether there is such a login."""
        answer = self._send("POST", "/auth/tokens", json={"email": email, "password": password})
        if answer.status_code == httpx.codes.CREATED:
            self._http.headers["Authorization"] = f"Bearer {answer.json()['secret']}"
        return answer.is_success

    @contextmanager
    def signed_in(self, email: str, password: str) -> Iterator["ApiClient"]:
        """Give a client of the same product in which somebody else is signed in."""
        with httpx.Client(base_url=self._http.base_url, timeout=self._http.timeout) as http:
            other = ApiClient(http)
            if not other.sign_in(email, password):
                raise Unexpected(f"{email} cannot sign in.")
            yield other

    def get(self, path: str, **query: Any) -> Any:
        return self.call("GET", path, params=query)

    def post(self, path: str, **body: Any) -> Any:
        return self.call("POST", path, json=body)

    def call(self, method: str, path: str, *, expect: int | None = None, **options: Any) -> Any:
        """Return the JSON of the answer; raise `Unexpected` unless it succeeded (or has the status `expect`)."""
        answer = self._send(method, path, **options)
        if not (answer.is_success if expect is None else answer.status_code == expect):
            raise Unexpected(f"{method} {path} answered {answer.status_code}: {answer.text[:500]}")
        return answer.json() if answer.content else None

    def download(self, path: str) -> bytes:
        """Return the file with which the product answers; raise `Unexpected` for a refusal."""
        answer = self._send("GET", path)
        if not answer.is_success:
            raise Unexpected(f"GET {path} answered {answer.status_code}: {answer.text[:500]}")
        return answer.content

    def all(self, path: str, **query: Any) -> list[Any]:
        """Return every row of a list, page by page."""
        page = self.get(path, limit=200, **query)
        rows = list(page["results"])
        while page["next"]:
            page = self._http.get(page["next"]).raise_for_status().json()
            rows += page["results"]
        return rows

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        self.last_request_id = uuid4()
        headers = {"X-Request-ID": str(self.last_request_id)} | options.pop("headers", {})
        return self._http.request(method, API + path, headers=headers, **options)
