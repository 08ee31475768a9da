"""An Upwork of our own on loopback: OAuth with tokens that rotate, GraphQL with pages, permissions and faults."""

import itertools
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs

from tests.support.receiver import Received, Receiver, Reply, answer

PER_PAGE = 2  # so that three contracts already need pages
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
        self.contracts: list[Any] = []
        self.vendor = self.user["id"]
        self.cells: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.silent_days: set[str] = set()
        self._numbers = itertools.count(1)
        self._operations: dict[str, Callable[[dict[str, Any], str], Any]] = {
            "Me": lambda variables, query: {"user": {"id": self.user["id"]}, "organization": self.organization},
            "Email": lambda variables, query: {"user": {"email": self.user["email"]}},
            "Contracts": self._contracts,
            "History": self._history,
            "Diaries": self._diaries,
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
        if request.headers.get("x-upwork-api-tenantid") not in {None, self.organization["id"]}:
            return reply_json(self, to, failing_with("Authorization failed"))
        data = self._operations[operation](body["variables"], body["query"])
        silent = [name for name, value in data.items() if value is None]
        errors = [{"message": "500 it hurts", "path": [name]} for name in silent]
        return reply_json(self, to, {"data": data, **({"errors": errors} if errors else {})})

    # --- contracts and diaries ----------------------------------------------------------------------------------------

    def put_contract(self, id: str, **values: Any) -> dict[str, Any]:
        """Make or change a contract, as people at Upwork do."""
        known = next((one for one in self.contracts if one and one["id"] == id), None)
        if known is None:
            known = contract(id, self.user["id"])
            self.contracts.append(known)
        known |= values
        return known

    def work(self, contract_id: str, day: date, *times: str, **cell: Any) -> None:
        """Add cells of ten minutes to a contract's diary: `times` as 09:00."""
        known = self.cells.setdefault((contract_id, f"{day:%Y%m%d}"), [])
        for told in times:
            start = datetime.combine(day, time.fromisoformat(told), UTC)
            raw = {"rawValue": str(int(start.timestamp())), "displayValue": told}
            fresh = {"cellDateTime": raw, "manual": False, "overtime": False, "memo": "Login page", "task": None}
            known.append(fresh | cell)

    def _contracts(self, variables: dict[str, Any], query: str) -> Any:
        assert variables["options"] == {"addTerms": True, "addHourLimits": False}, "they are off unless asked for"
        paging = variables["paging"]
        theirs = self.contracts if variables["filter"]["vendorId"] == self.vendor else []
        return {"vendorContracts": {"contracts": theirs[paging["offset"] :][: min(paging["limit"], PER_PAGE)]}}

    def _history(self, variables: dict[str, Any], query: str) -> Any:
        paging, shown = variables["filter"]["pagination"], ("id", "title", "status", "startDate")
        page = [one for one in self.contracts if one][paging["offset"] :][:PER_PAGE]
        worked = [{"contract": {name: one[name] for name in shown}} for one in page]
        return {"talentWorkHistory": {"workHistoryList": worked}}

    def _diaries(self, variables: dict[str, Any], query: str) -> Any:
        asked = re.findall(r'(d\d+): workDiaryContract\(\w+: {contractId: "(\d+)", date: "(\d{8})", offsetInS', query)
        assert 1 <= len(asked) <= 10, query
        assert len(asked) == query.count("workDiaryContract("), "a day is written yyyyMMdd, in UTC"
        return {
            alias: None if day in self.silent_days else {"workDiaryTimeCells": self.cells.get((id, day)) or None}
            for alias, id, day in asked
        }


def contract(id: str, freelancer: str) -> dict[str, Any]:
    rate = {"rawValue": "45.00", "currency": "USD"}
    begun = "2026-01-12T00:00:00+0000"
    return {
        "id": id,
        "title": f"Contract {id}",
        "status": "ACTIVE",
        "startDate": begun,
        "clientOrganization": {"id": "1900000000000000900", "name": "Harbor Books"},
        "clientTeam": None,
        "freelancer": {"id": freelancer, "name": "Sam W."},
        "terms": {"hourlyTerms": [{"hourlyRate": rate, "startDate": begun, "endDate": None}], "fixedPriceTerms": []},
    }


def failing_with(message: str) -> dict[str, Any]:
    return {"errors": [{"message": message}], "data": None}


def lacking(operation: str) -> dict[str, Any]:
    message = (
        "The client or authentication token doesn't have enough oauth2 permissions/scopes to access: "
        f"[Query.{operation}, Money.rawValue]."
    )
    errors = [{"message": message, "locations": [], "extensions": {"classification": "ExecutionAborted"}}]
    return {"errors": errors, "data": None}


def failing(message: str) -> Reply:
    """Answer 200 with an error in it."""
    return answer(200, json.dumps(failing_with(message)).encode())


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
