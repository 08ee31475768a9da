"""OpenAPI from what the views declare."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.serializers import UUIDField

from gauzy.rest.conditions import SAFE
from gauzy.rest.operations import operation_of
from gauzy.rest.permissions import ANYONE
from gauzy.rest.problems import MEDIA_TYPE, ProblemSerializer
from gauzy.rest.scopes import scope_of
from gauzy.rest.views import View

_REFUSALS = {
    400: "The input is not valid.",
    401: "Nobody signed in, or the token is not valid.",
    403: "Your role may not do this.",
    404: "Unknown here, or another tenant's.",
    406: "`Accept` allows no JSON.",
    409: "The state of things does not allow it now.",
    411: "The body came in chunks, without a Content-Length.",
    412: "`If-Match` names another version: it has changed since.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "The idempotency key came with another request before.",
    429: "Too often: wait for `Retry-After` seconds.",
}


def _header(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=description)


_IF_MATCH = _header("If-Match", "The `ETag` that you have seen: 412 if it has changed since.")
_WITH_BODY = {"POST", "PUT", "PATCH"}


class Schema(AutoSchema):
    """Reads `inputs`, `queries`, `outputs` and `statuses` of our views, and documents every refusal as a problem."""

    view: Any

    def get_override_parameters(self) -> list[Any]:
        query = self._declared("queries")
        return [*([query] if query else []), *self._headers()]

    def _headers(self) -> list[OpenApiParameter]:
        found = []
        if self._takes_key():
            found.append(_header("Idempotency-Key", "Sent again with the same key, it is not carried out again."))
        if self._is_conditional():
            reads = self.method in SAFE
            found.append(_header("If-None-Match", "An `ETag`: 304 if it is still that.") if reads else _IF_MATCH)
        return found

    def _takes_key(self) -> bool:
        return self.method == "POST" and isinstance(self.view, View) and not self.view.takes_no_key()

    def _is_conditional(self) -> bool:
        return self._operation in getattr(self.view, "conditional", ())

    def get_request_serializer(self) -> Any:
        return self._declared("inputs") if isinstance(self.view, View) else super().get_request_serializer()

    def get_response_serializers(self) -> Any:
        if not isinstance(self.view, View):
            return super().get_response_serializers()
        output = self._declared("outputs")
        if output and self._operation in self.view.lists:
            output = output(many=True)
        not_modified = {304: None} if self._is_conditional() and self.method in SAFE else {}
        return {self.view.status_of(self._operation): output} | not_modified

    def get_operation_id(self) -> str:
        words = [*self._tokenize_path(), self._operation]
        return "_".join(words).replace("-", "_")

    def get_extensions(self) -> dict[str, Any]:
        """Say which scope lets an API key in."""
        roles = getattr(self.view, "roles", {}).get(self._operation, ANYONE)
        scope = scope_of(self.method, self.path) if roles is not ANYONE else None
        return {"x-api-key-scope": scope} if scope else {}

    def get_tags(self) -> list[str]:
        return [self._tokenize_path()[0]]

    @property
    def _operation(self) -> str:
        return operation_of(self.view, self.view.request) or self.method.lower()

    def _declared(self, table: str) -> Any:
        return getattr(self.view, table, {}).get(self._operation)

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        responses = super()._get_response_bodies(direction)
        for status in self._refusals():
            answer = OpenApiResponse(ProblemSerializer, _REFUSALS[status])
            described = self._get_response_for_code(answer, str(status), [MEDIA_TYPE])  # type: ignore[no-untyped-call]  # the same
            responses.setdefault(str(status), described)
        return responses

    def _names_a_row(self) -> bool:
        """Tell whether the query or the body has an id, which may be unknown."""
        declared = [one for one in (self._declared("queries"), self._declared("inputs")) if one]
        return any(isinstance(field, UUIDField) for one in declared for field in one().fields.values())

    def _refusals(self) -> list[int]:
        declared = getattr(self.view, "refusals", {}).get(self._operation, ())
        statuses = {400, 406, *declared, *self._refusals_of_changes()}
        if self.view.get_throttles():
            statuses.add(429)
        if "{" in self.path or self._names_a_row():
            statuses.add(404)
        if self.view.get_authenticators():
            statuses.add(401)
        if getattr(self.view, "roles", {}).get(self._operation) is not ANYONE:
            statuses.add(403)
        return sorted(statuses)

    def _refusals_of_changes(self) -> set[int]:
        if self.method in SAFE:
            return set()
        statuses = {409, 412} if self._is_conditional() else {409}
        if self._takes_key():
            statuses.add(422)
        return statuses | {411, 413, 415} if self.method in _WITH_BODY else statuses


class StrictSerializerSchema(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]  # drf-spectacular is untyped
    """Documents that unknown fields are refused."""

    target_class = "gauzy.rest.serializers.StrictSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> Any:
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)  # noqa: SLF001  as its docs say
        return {**schema, "additionalProperties": False}
