"""Bases of the API's views: what an operation takes, gives and allows is declared once, and documented from that."""

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSetMixin

from gauzy.rest.conditions import conditionally, not_modified, tag_of
from gauzy.rest.idempotency import once
from gauzy.rest.operations import operation_of
from gauzy.rest.paging import KeysetPagination
from gauzy.rest.permissions import ANYONE
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
    of the answer where it is not 201 for "create", 200, or 204 for an empty one. `refusals`: with which statuses it
    refuses beyond those that follow from the rest.

    `conditional`: operations on one resource that answer its `ETag`; those that change it heed `If-Match`, for which
    the view has `resource(**path)`, the rows among which it is. `secretive`: operations whose body or answer holds a
    secret, which take no `Idempotency-Key`; others of a POST do. `orderings`: what `ordering` may ask of a list, as
    public name -> field that is never null; `ordering` is the default, in terms of fields.
    """

    roles: ClassVar[Mapping[str, Collection[str]]] = {}
    inputs: ClassVar[Serializers] = {}
    queries: ClassVar[Serializers] = {}
    outputs: ClassVar[Serializers] = {}
    statuses: ClassVar[Mapping[str, int]] = {}
    refusals: ClassVar[Mapping[str, Collection[int]]] = {}
    lists: ClassVar[Collection[str]] = ("list",)
    conditional: ClassVar[Collection[str]] = ()
    secretive: ClassVar[Collection[str]] = ()
    locks: ClassVar[Collection[str]] = ("self",)
    ordering: ClassVar[str] = "-id"
    orderings: ClassVar[Mapping[str, str]] = {}
    pagination_class = KeysetPagination

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    query: dict[str, Any]

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Do as DRF does, with the request's conditions around what the view does."""
        self.args, self.kwargs, self.headers = args, kwargs, self.default_response_headers
        self.request = request = self.initialize_request(request, *args, **kwargs)
        try:
            self.initial(request, *args, **kwargs)
            act = partial(getattr(self, request.method.lower()), request, *args, **kwargs)
            response = once(self, request, partial(conditionally, self, request, act))
        except Exception as error:  # noqa: BLE001  what is no refusal is raised again in there
            response = self.handle_exception(error)
        self.response = self.finalize_response(request, response, *args, **kwargs)
        return self.response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if "Transfer-Encoding" in request.headers and "Content-Length" not in request.headers:
            raise LengthRequired  # Django would take the body for empty
        super().initial(request, *args, **kwargs)
        also = self.pagination_class.parameters_of(self) if self.operation in self.lists else ()
        self.query = read_query(request, self.queries.get(self.operation), also=also)

    def get_throttles(self) -> list[Any]:
        self.throttles = super().get_throttles()
        return self.throttles

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        quotas = [throttle.quota for throttle in getattr(self, "throttles", ()) if throttle.quota]
        if quotas:
            self.headers |= min(quotas, key=lambda quota: quota.remaining).headers()
        if self.operation in self.secretive:
            self.headers["Cache-Control"] = "no-store"
        return super().finalize_response(request, response, *args, **kwargs)

    def takes_no_key(self) -> bool:
        """Tell whether a POST may not be made repeatable: nobody signed in, or its answer could not be kept."""
        return self.operation in self.secretive or self.roles.get(self.operation) is ANYONE

    def resource(self, *args: Any, **path: Any) -> QuerySet[Any]:
        """Return the rows, of those whom the caller may see, among which the path names one."""
        raise NotImplementedError

    def represent(self, value: Any) -> Any:
        """Return the value as the operation's output shows it, or as reading it does if that shows nothing."""
        names = (self.operation, "retrieve", "get")
        output = next(self.outputs[name] for name in names if name in self.outputs)
        return output(value, context={"request": self.request}).data

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
        data = self.represent(value) if self.operation in self.outputs else None
        status = self.status_of(self.operation)
        if data is None or self.operation not in self.conditional:
            return Response(data, status=status)
        tag = tag_of(data)
        if not_modified(self.request, tag):
            return Response(status=304, headers={"ETag": tag})
        return Response(data, status=status, headers={"ETag": tag})

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
