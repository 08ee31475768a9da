"""The id of a request."""

import re
from collections.abc import Callable
from uuid import NAMESPACE_OID, UUID, uuid4, uuid5

from django.http import HttpRequest, HttpResponse

from gauzy import context
from gauzy.context import Actor, ActorKind

HEADER = "X-Request-ID"
_SANE = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")
_ANONYMOUS = Actor(ActorKind.SYSTEM, "anonymous")


class RequestIdMiddleware:
    """Open the context of a request: nobody's yet, in no tenant, with the request's id as its correlation.

    A client's id is used if it is a UUID; another plain token is hashed into one, always the same. The answer carries
    the UUID, which events and log lines carry too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        correlation_id = _correlation_id(request.headers.get(HEADER, ""))
        with context.acting(tenant_id=None, actor=_ANONYMOUS, correlation_id=correlation_id):
            response = self.get_response(request)
        response[HEADER] = str(correlation_id)
        return response


def _correlation_id(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError:
        return uuid5(NAMESPACE_OID, given) if _SANE.fullmatch(given) else uuid4()
