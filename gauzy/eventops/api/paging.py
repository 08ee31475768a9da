"""Pages of what has no order of its own by id: the feed, and deliveries, which are named by four values."""

import base64
import json
from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from gauzy.eventbus.models import Delivery
from gauzy.eventops import feed, selectors
from gauzy.rest.cursors import InvalidCursor
from gauzy.rest.paging import KeysetPagination, read_limit

Key = tuple[UUID, str, str, int]


class FeedPagination(KeysetPagination):
    """`after` says where to read on; without it, a list like any other."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self._following = ""
        after = request.query_params.get("after")
        if after is None:
            return super().paginate_queryset(queryset, request, view)
        if "cursor" in request.query_params:
            raise InvalidCursor(fields={"cursor": ["Give `after` or `cursor`, not both."]})
        limit = read_limit(request.query_params.get("limit"))
        page = feed.read(queryset, feed.cursor(after), limit=limit)
        self._following = replace_query_param(request.build_absolute_uri(), "after", str(page.next))
        return list(page.events)

    def get_paginated_response(self, data: Any) -> Response:
        if self._following:
            return Response({"results": data, "next": self._following, "previous": None})
        return super().get_paginated_response(data)


class DeliveryPagination(KeysetPagination):
    """Pages of `OwedDelivery`, those of the newest event first.

    It is read in one direction: `previous` leads back to the beginning.
    """

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self._url = request.build_absolute_uri()
        limit, text = read_limit(request.query_params.get("limit")), request.query_params.get("cursor")
        rows = queryset if text is None else queryset.filter(pk__lt=_key(text))
        found = list(rows.order_by("-pk")[: limit + 1])
        self._previous = None if text is None else remove_query_param(self._url, "cursor")
        self._next = _link(self._url, found[limit - 1]) if len(found) > limit else None
        return selectors.with_events(found[:limit])

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self._next, "previous": self._previous})


def _link(url: str, last: Delivery) -> str:
    key = json.dumps([last.event_id.hex, last.handler, last.target, last.generation])
    return replace_query_param(url, "cursor", base64.urlsafe_b64encode(key.encode()).decode())


def _key(text: str) -> Key:
    try:
        event_id, handler, target, generation = json.loads(base64.urlsafe_b64decode(text))
        return UUID(event_id), str(handler), str(target), int(generation)
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidCursor(fields={"cursor": [InvalidCursor.message]}) from error
