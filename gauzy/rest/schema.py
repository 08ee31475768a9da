"""OpenAPI from what the views declare."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse

from gauzy.rest.operations import operation_of
from gauzy.rest.permissions import ANYONE
from gauzy.rest.problems import MEDIA_TYPE, ProblemSerializer
from gauzy.rest.views import View

_REFUSALS = {
    400: "The input is not valid.",
    401: "Nobody signed in, or the token is not valid.",
    403: "Your role may not do this.",
    404: "Unknown here, or another tenant's.",
    409: "The state of things does not allow it now.",
    411: "The body came in chunks, without a Content-Length.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    429: "Too often: wait for `Retry-After` seconds.",
}
_WITH_BODY = {"POST", "PUT", "PATCH"}


class Schema(AutoSchema):
    """Reads `inputs`, `queries`, `outputs` and `statuses` of our views, and documents every refusal as a problem."""

    view: Any

    def get_override_parameters(self) -> list[Any]:
        query = self._declared("queries")
        return [query] if query else []

    def get_request_serializer(self) -> Any:
        return self._declared("inputs") if isinstance(self.view, View) else super().get_request_serializer()

    def get_response_serializers(self) -> Any:
        if not isinstance(self.view, View):
            return super().get_response_serializers()
        output = self._declared("outputs")
        if output and self._operation in self.view.lists:
            output = output(many=True)
        return {self.view.status_of(self._operation): output}

    def get_operation_id(self) -> str:
        words = [*self._tokenize_path(), self._operation]
        return "_".join(words).replace("-", "_")

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

    def _refusals(self) -> list[int]:
        statuses = {400, 429} if self.view.get_throttles() else {400}
        if "{" in self.path:
            statuses.add(404)
        if self.method in _WITH_BODY:
            statuses |= {409, 411, 413, 415}
        if self.view.get_authenticators():
            statuses.add(401)
        if getattr(self.view, "roles", {}).get(self._operation) is not ANYONE:
            statuses.add(403)
        return sorted(statuses)


class StrictSerializerSchema(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]  # drf-spectacular is untyped
    """Documents that unknown fields are refused."""

    target_class = "gauzy.rest.serializers.StrictSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> Any:
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)  # noqa: SLF001  as its docs say
        return {**schema, "additionalProperties": False}
