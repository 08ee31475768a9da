"""Lists by keyset: a page begins after a row, not after a number, so rows that come and go shift nothing."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Model, QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from gauzy.exceptions import Invalid
from gauzy.rest.cursors import Cursor, Ordering

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 200


class KeysetPagination(BasePagination):
    """`{results, next, previous}`, ordered by the view's `ordering` (a field, "-" for descending) and then the id.

    `ordering` may follow a relation ("user__last_name"); the field must not be null. A view with `orderings` lets the
    query choose among them.
    """

    @classmethod
    def parameters_of(cls, view: Any) -> tuple[str, ...]:
        return ("cursor", "limit", "ordering") if getattr(view, "orderings", None) else ("cursor", "limit")

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self._url = request.build_absolute_uri()
        self._ordering = Ordering(read_ordering(request.query_params.get("ordering"), view))
        limit = read_limit(request.query_params.get("limit"))
        cursor = Cursor.read(request.query_params.get("cursor"), self._ordering, queryset.model)
        found = list(self._ordered(queryset, cursor)[: limit + 1])
        more, page = len(found) > limit, found[:limit]
        backwards = bool(cursor and cursor.backwards)
        if backwards:
            page.reverse()
        self._has_next = backwards or more
        self._has_previous = more if backwards else cursor is not None
        self._page: Sequence[Model] = page
        return page

    def get_paginated_response(self, data: Any) -> Response:
        page = self._page
        following = self._link(page[-1], backwards=False) if page and self._has_next else None
        previous = self._link(page[0], backwards=True) if page and self._has_previous else None
        return Response({"results": data, "next": following, "previous": previous})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        properties = {"results": schema, "next": link, "previous": link}
        return {"type": "object", "required": list(properties), "properties": properties}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        cursor = {"type": "string", "description": "From `next` or `previous` of another page."}
        limit = {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": DEFAULT_LIMIT}
        names = [f"{sign}{name}" for name in getattr(view, "orderings", ()) for sign in ("", "-")]
        schemas = {"cursor": cursor, "limit": limit, "ordering": {"type": "string", "enum": names}}
        return [
            {"name": name, "in": "query", "required": False, "schema": schemas[name]}
            for name in self.parameters_of(view)
        ]

    def _ordered(self, queryset: QuerySet[Any], cursor: Cursor | None) -> QuerySet[Any]:
        if cursor is None:
            return queryset.order_by(*self._ordering.terms())
        return queryset.filter(cursor.condition()).order_by(*self._ordering.terms(backwards=cursor.backwards))

    def _link(self, row: Model, *, backwards: bool) -> str:
        return replace_query_param(self._url, "cursor", str(Cursor.at(row, self._ordering, backwards=backwards)))


def read_limit(given: str | None) -> int:
    """Return the size of the page that `limit` asks for; raise `Invalid`."""
    if given is None:
        return DEFAULT_LIMIT
    if given.isascii() and given.isdigit() and len(given) <= 3 and 1 <= int(given) <= LARGEST_LIMIT:
        return int(given)
    raise Invalid(fields={"limit": [f"A number from 1 to {LARGEST_LIMIT}."]})


def read_ordering(given: str | None, view: Any) -> str:
    """Return the field, "-" before it for descending, that the query or else the view orders by; raise `Invalid`."""
    if given is None:
        return getattr(view, "ordering", "-id")
    name = given.removeprefix("-")
    if name not in view.orderings:
        raise Invalid(fields={"ordering": [f"One of {', '.join(view.orderings)}, with - before it for descending."]})
    return f"{'-' if given.startswith('-') else ''}{view.orderings[name]}"
