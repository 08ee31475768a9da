"""Bases of the API's views: what an operation takes, gives and allows is declared once, and documented from that."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSetMixin

from gauzy.rest.operations import operation_of
from gauzy.rest.paging import KeysetPagination
from gauzy.rest.queries import read_query

Serializers = Mapping[str, type[Serializer[Any]]]


class LengthRequired(APIException):
    status_code = 411
    default_code = "length_required"
    default_detail = "Send the body with a Content-Length, not in chunks."


class View(APIView):
    """Each table is keyed by operation: a view set's action, else the HTTP method in lower case.

    `roles`: who may (missing: nobody). `inputs`: the body. `queries`: the query's parameters; others are refused.
    `outputs`: the answer, or a row of it for an operation in `lists`; missing: an empty answer. `statuses`: the status
    of the answer where it is not 201 for "create", 200, or 204 for an empty one.
    """

    roles: ClassVar[Mapping[str, Collection[str]]] = {}
    inputs: ClassVar[Serializers] = {}
    queries: ClassVar[Serializers] = {}
    outputs: ClassVar[Serializers] = {}
    statuses: ClassVar[Mapping[str, int]] = {}
    lists: ClassVar[Collection[str]] = ("list",)
    ordering: ClassVar[str] = "-id"
    pagination_class = KeysetPagination

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    query: dict[str, Any]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if "Transfer-Encoding" in request.headers and "Content-Length" not in request.headers:
            raise LengthRequired  # Django would take the body for empty
        super().initial(request, *args, **kwargs)
        also = self.pagination_class.parameters if self.operation in self.lists else ()
        self.query = read_query(request, self.queries.get(self.operation), also=also)

    @property
    def operation(self) -> str:
        return operation_of(self, self.request) or ""

    def read(self) -> dict[str, Any]:
        """Return the body as the operation's input reads it; PATCH may leave fields out."""
        partial = self.request.method == "PATCH"
        reader = self.inputs[self.operation](data=self.request.data, partial=partial, context={"request": self.request})
        reader.is_valid(raise_exception=True)
        return dict(reader.validated_data)

    def reply(self, value: Any = None) -> Response:
        """Answer with `value` as the operation's output shows it."""
        output = self.outputs.get(self.operation)
        data = output(value, context={"request": self.request}).data if output else None
        return Response(data, status=self.status_of(self.operation))

    def page(self, rows: QuerySet[Any]) -> Response:
        """Answer with the page of `rows` that the query asks for."""
        paginator = self.pagination_class()
        found = paginator.paginate_queryset(rows, self.request, self)
        output = self.outputs[self.operation](found, many=True, context={"request": self.request})
        return paginator.get_paginated_response(output.data)

    def status_of(self, operation: str) -> int:
        default = 201 if operation == "create" else 200
        return self.statuses.get(operation, default if operation in self.outputs else 204)


class ViewSet(ViewSetMixin, View):
    """A `View` whose operations are methods of its own naming: `as_view({"get": "list", "post": "create"})`."""


class PublicView(View):
    """For those who have yet to sign in: a stale token in the request does not matter."""

    authentication_classes = ()
