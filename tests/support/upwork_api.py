"""An Upwork of our own on loopback: OAuth with tokens that rotate, GraphQL with pages, permissions and faults."""

import itertools
import json
import re
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs

from tests.support.receiver import Received, Receiver, Reply, answer

CLIENT_ID, CLIENT_SECRET, CODE = "key-of-ours", "secret-of-ours", "code-that-is-good-once"


class UpworkApi(Receiver):
    """Answers as Upwork does. `faults` are replies that go before those of GraphQL, `token_faults` before tokens.

    `codes`: the codes that may be exchanged. `refresh_token`: the one that is good. `access_tokens`: those that are.
    `organization`: that of the user who agreed. `lacking`: the operations for which the key has no permission.
    """

    def __init__(self) -> None:
        super().__init__(lambda _, to: self._dispatch(to))
        self.faults: list[Reply] = []
        self.token_faults: list[Reply] = []
        self.codes = {CODE}
        self.refresh_token = ""
        self.access_tokens: set[str] = set()
        self.organization = {"id": "1900000000000000002", "name": "Sam W."}
        self.user = {"id": "1900000000000000001", "email": "sam@example.test"}
        self.lacking: set[str] = set()
        self._numbers = itertools.count(1)
        self._operations: dict[str, Callable[[dict[str, Any], str], Any]] = {
            "Me": lambda variables, query: {"user": {"id": self.user["id"]}, "organization": self.organization},
            "Email": lambda variables, query: {"user": {"email": self.user["email"]}},
        }

    @property
    def base_url(self) -> str:
        return f"http://{self.host}"

    def asked(self, operation: str) -> list[Any]:
        """Return the variables of every question of a name."""
        bodies = [json.loads(one.body) for one in self.received if one.path == "/graphql"]
        return [body["variables"] for body in bodies if _name_of(body["query"]) == operation]

    def tokens_asked(self, grant: str) -> list[dict[str, str]]:
        return [form for one in self.received if "token" in one.path and (form := _form(one))["grant_type"] == grant]

    def _dispatch(self, to: BaseHTTPRequestHandler) -> None:
        faults = self.token_faults if "oauth2" in to.path else self.faults
        (faults.pop(0) if faults else self.as_ever)(self, to)

    def as_ever(self, receiver: Receiver, to: BaseHTTPRequestHandler) -> None:
        request = self._of(to)
        self._token(to, _form(request)) if "oauth2" in to.path else self._graphql(to, request)

    def _of(self, to: BaseHTTPRequestHandler) -> Received:
        """Return the request of this connection: several may be under way at once."""
        return next(one for one in reversed(self.received) if one.headers == _lowered(to))

    def _token(self, to: BaseHTTPRequestHandler, form: dict[str, str]) -> None:
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return reply_json(self, to, {"error": "invalid_client"}, 401)
        if form["grant_type"] == "authorization_code":
            is_good = form["code"] in self.codes
            self.codes.discard(form["code"])
        else:
            is_good = bool(self.refresh_token) and form["refresh_token"] == self.refresh_token
        if not is_good:
            return reply_json(self, to, {"error": "invalid_grant", "error_description": "It is dead."}, 400)
        return reply_json(self, to, self.issue())

    def issue(self, **told: Any) -> dict[str, Any]:
        """Issue a pair of tokens; the pair before dies."""
        number = next(self._numbers)
        self.access_tokens, self.refresh_token = {f"oauth2v2_access{number}"}, f"oauth2v2_refresh{number}"
        [access] = self.access_tokens
        pair = {"access_token": access, "refresh_token": self.refresh_token}
        return pair | {"token_type": "Bearer", "expires_in": "86399"} | told

    def _graphql(self, to: BaseHTTPRequestHandler, request: Received) -> None:
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.access_tokens:
            return reply_json(self, to, {"message": "Authentication failed"}, 401)
        body = json.loads(request.body)
        operation = _name_of(body["query"])
        if operation in self.lacking:
            return reply_json(self, to, lacking(operation))
        return reply_json(self, to, {"data": self._operations[operation](body["variables"], body["query"])})


def lacking(operation: str) -> dict[str, Any]:
    message = (
        "The client or authentication token doesn't have enough oauth2 permissions/scopes to access: "
        f"[Query.{operation}, Money.rawValue]."
    )
    errors = [{"message": message, "locations": [], "extensions": {"classification": "ExecutionAborted"}}]
    return {"errors": errors, "data": None}


def failing(message: str) -> Reply:
    """Answer 200 with an error in it."""
    return answer(200, json.dumps({"errors": [{"message": message}], "data": None}).encode())


def reply_json(receiver: Receiver, to: BaseHTTPRequestHandler, data: Any, status: int = 200) -> None:
    answer(status, json.dumps(data).encode(), Content_Type="application/json")(receiver, to)


def _name_of(query: str) -> str:
    match = re.match(r"\s*query (\w+)", query)
    assert match, query
    return match[1]


def _form(request: Received) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(request.body.decode()).items()}


def _lowered(to: BaseHTTPRequestHandler) -> dict[str, str]:
    return {name.lower(): value for name, value in to.headers.items()}
