"""A client program made of nothing but the API's own description: operations by name, bodies and answers checked."""

import json
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator
from rest_framework.test import APIClient


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    described: dict[str, Any]


class SchemaClient:
    """Calls operations as `/openapi.json` describes them; what it does not describe cannot be said, nor answered."""

    def __init__(self, http: APIClient) -> None:
        self._http = http
        self._document: dict[str, Any] = http.get("/api/v1/openapi.json").json()
        self.operations = {
            described["operationId"]: Operation(method, path, described)
            for path, methods in self._document["paths"].items()
            for method, described in methods.items()
        }

    def sign_in(self, secret: str) -> None:
        self._http.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")

    def call(self, operation_id: str, body: Any = None, *, status: int = 0, **parameters: Any) -> Any:
        """Return the answer of an operation; fail for anything that its description does not have.

        `status` is the one expected, where it is not a success.
        """
        operation = self.operations[operation_id]
        path, query = self._placed(operation, parameters)
        if body is not None:
            content = operation.described["requestBody"]["content"]["application/json"]
            self._check(body, content["schema"])
        answer = self._http.generic(
            operation.method.upper(), path, _json(body), "application/json", query_params=query or None
        )
        responses = operation.described["responses"]
        assert str(answer.status_code) in responses, f"{operation_id}: {answer.status_code} is not described"
        assert answer.status_code == status if status else answer.status_code < 400, answer.content
        return self._read(answer, responses[str(answer.status_code)])

    def _placed(self, operation: Operation, parameters: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        known = {parameter["name"]: parameter for parameter in operation.described.get("parameters", ())}
        assert set(parameters) <= set(known), f"not described: {set(parameters) - set(known)}"
        path, query = operation.path, {}
        for name, value in parameters.items():
            if known[name]["in"] == "path":
                path = path.replace(f"{{{name}}}", str(value))
            else:
                query[name] = value
        assert "{" not in path, f"{path} lacks a parameter"
        return path, query

    def _read(self, answer: Any, described: dict[str, Any]) -> Any:
        if not answer.content:
            assert "content" not in described
            return None
        media_type = answer.headers["Content-Type"].partition(";")[0]
        data = answer.json()
        self._check(data, described["content"][media_type]["schema"])
        return data

    def _check(self, data: Any, schema: dict[str, Any]) -> None:
        whole = {**schema, "components": self._document["components"]}
        faults = [f"{fault.json_path}: {fault.message}" for fault in Draft202012Validator(whole).iter_errors(data)]
        assert not faults, "; ".join(faults)


def _json(body: Any) -> str:
    return "" if body is None else json.dumps(body)
