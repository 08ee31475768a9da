"""A GitHub of our own on loopback: issues, labels, installation tokens, limits and faults."""

import io
import json
import re
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.receiver import Received, Receiver, answer

PER_PAGE = 2  # so that three issues already need pages


class GitHubApi(Receiver):
    """Answers as GitHub does; `faults` are replies that go before, one each."""

    def __init__(self) -> None:
        super().__init__(lambda _, to: self._dispatch(to))
        self.faults: list[Any] = []
        self.issues: dict[int, dict[str, Any]] = {}
        self.installations = [42]
        self.tokens_issued = 0
        self.full_name = "octo/widgets"

    @property
    def base_url(self) -> str:
        return f"http://{self.host}"

    @property
    def repository(self) -> dict[str, Any]:
        return {"id": 7, "full_name": self.full_name, "private": False}

    def calls(self, method: str, path: str = "") -> list[Received]:
        return [one for one in self.received if one.method == method and re.search(path, one.path)]

    def put_issue(self, number: int, **values: Any) -> dict[str, Any]:
        """Make or change an issue, as people at GitHub do."""
        fresh = {
            "id": 1000 + number,
            "number": number,
            "title": f"Issue {number}",
            "body": "",
            "state": "open",
            "labels": [],
            "updated_at": "2026-03-02T09:00:00Z",
            "html_url": f"https://github.com/{self.full_name}/issues/{number}",
        }
        self.issues[number] = self.issues.get(number, fresh) | values
        return self.issues[number]

    def _dispatch(self, to: BaseHTTPRequestHandler) -> None:
        if self.faults:
            self.faults.pop(0)(self, to)
        else:
            self.as_ever(self, to)

    def silently(self, receiver: Any, to: BaseHTTPRequestHandler) -> None:
        """Do what was asked, and hang up before the answer."""
        heard, to.wfile = to.wfile, io.BytesIO()
        self.as_ever(self, to)
        to.wfile, to.close_connection = heard, True

    def as_ever(self, receiver: Any, to: BaseHTTPRequestHandler) -> None:
        request, parts = self.received[-1], urlsplit(to.path)
        for method, pattern, name in _ROUTES:
            if request.method == method and (match := re.fullmatch(pattern, parts.path)):
                getattr(self, name)(to, request, match, parse_qs(parts.query))
                return
        reply_json(self, to, {"message": "Not Found"}, 404)

    def _token(self, to: BaseHTTPRequestHandler, request: Received, match: Any, query: Any) -> None:
        self.tokens_issued += 1
        reply_json(self, to, {"token": f"ghs_{self.tokens_issued}", "expires_at": "2999-01-01T00:00:00Z"}, 201)

    def _oauth(self, to: BaseHTTPRequestHandler, request: Received, match: Any, query: Any) -> None:
        good = json.loads(request.body)["code"] == "good-code"
        reply_json(self, to, {"access_token": "ghu_user"} if good else {"error": "bad_verification_code"})

    def _installations(self, to: BaseHTTPRequestHandler, request: Received, match: Any, query: Any) -> None:
        reply_json(self, to, {"installations": [{"id": id} for id in self.installations]})

    def _list(self, to: BaseHTTPRequestHandler, request: Received, match: Any, query: Any) -> None:
        page, found = int(query.get("page", ["1"])[0]), [self.issues[number] for number in sorted(self.issues)]
        shown = found[(page - 1) * PER_PAGE : page * PER_PAGE]
        link = f'<{self.base_url}{urlsplit(to.path).path}?state=all&page={page + 1}>; rel="next"'
        headers = {"Link": link} if page * PER_PAGE < len(found) else {}
        reply_json(self, to, shown, 200, **headers)

    def _create(self, to: BaseHTTPRequestHandler, request: Received, match: Any, query: Any) -> None:
        given, number = json.loads(request.body), max(self.issues, default=0) + 1
        labels = [{"name": name} for name in given.get("labels", [])]
        values = {"title": given["title"], "body": given.get("body"), "labels": labels}
        reply_json(self, to, self.put_issue(number, **values, updated_at="2026-03-02T10:00:00Z"), 201)

    def _change(self, to: BaseHTTPRequestHandler, request: Received, match: Any, query: Any) -> None:
        given, number = json.loads(request.body), int(match[1])
        if "labels" in given:
            given["labels"] = [{"name": name} for name in given["labels"]]
        reply_json(self, to, self.put_issue(number, **given, updated_at="2026-03-02T11:00:00Z"))

    def _repository(self, to: BaseHTTPRequestHandler, request: Received, match: Any, query: Any) -> None:
        reply_json(self, to, self.repository)


_ROUTES = [
    ("POST", r"/app/installations/42/access_tokens", "_token"),
    ("POST", r"/login/oauth/access_token", "_oauth"),
    ("GET", r"/user/installations", "_installations"),
    ("GET", r"/repos/octo/[a-z]+", "_repository"),
    ("GET", r"/repos/octo/[a-z]+/issues", "_list"),
    ("POST", r"/repos/octo/[a-z]+/issues", "_create"),
    ("PATCH", r"/repos/octo/[a-z]+/issues/(\d+)", "_change"),
]


def reply_json(receiver: Receiver, to: BaseHTTPRequestHandler, data: Any, status: int = 200, **headers: str) -> None:
    """Answer with JSON, or 304 to whoever knows it."""
    body = json.dumps(data).encode()
    etag = f'"{hash(body)}"'
    if to.headers.get("If-None-Match") == etag:
        answer(304, ETag=etag)(receiver, to)
    else:
        answer(status, body, ETag=etag, **headers)(receiver, to)
