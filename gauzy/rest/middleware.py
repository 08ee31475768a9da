"""The id of a request, and the line that it leaves in the log."""

import logging
import re
import time
from collections.abc import Callable
from uuid import NAMESPACE_OID, UUID, uuid4, uuid5

from django.http import HttpRequest, HttpResponse

from gauzy import context
from gauzy.context import Actor, ActorKind

logger = logging.getLogger("gauzy.request")
HEADER = "X-Request-ID"
_SANE = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*")  # W3C Trace Context
_ANONYMOUS = Actor(ActorKind.SYSTEM, "anonymous")


class RequestIdMiddleware:
    """Open the context of a request: nobody's yet, in no tenant, with the request's id as its correlation.

    A client's id is used if it is a UUID; another plain token is hashed into one, always the same. A client without one
    that sends a `traceparent` gets its trace's id. The answer carries the UUID, which events and log lines carry too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        traced = _TRACEPARENT.fullmatch(request.headers.get("traceparent", ""))
        correlation_id = _correlation_id(request.headers.get(HEADER) or (traced[1] if traced else ""))
        with context.acting(tenant_id=None, actor=_ANONYMOUS, correlation_id=correlation_id):
            response = self.get_response(request)
        response[HEADER] = str(correlation_id)
        return response


def _correlation_id(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError:
        return uuid5(NAMESPACE_OID, given) if _SANE.fullmatch(given) else uuid4()


class RequestLogMiddleware:
    """Write a line for each request: method, route, status, milliseconds. A route has no ids and no tokens in it.

    Stands inside the middlewares that know who acts, so that the line names tenant and actor.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        if logger.isEnabledFor(logging.INFO):
            took = round((time.perf_counter() - began) * 1000, 1)
            route = f"/{request.resolver_match.route}" if request.resolver_match else "unknown"
            told = {"method": request.method, "route": route, "status": response.status_code, "duration_ms": took}
            logger.info("%s %s: %s in %s ms", *told.values(), extra=told)
        return response
