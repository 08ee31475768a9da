"""`ETag`, `If-Match`, `If-None-Match`: nobody overwrites what they have not seen."""

import hashlib
from typing import Any

from django.db import transaction
from django.utils.http import parse_etags
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from gauzy.exceptions import DomainError, Invalid, NotFound

SAFE = frozenset({"GET", "HEAD"})


class PreconditionFailed(DomainError):
    """HTTP 412."""

    code = "precondition_failed"
    message = "It has changed since you read it: read it again, and decide again."


class ConditionNotSupported(Invalid):
    """Ignoring the condition would overwrite what the caller wants to protect."""

    code = "condition_not_supported"
    message = "This operation knows no If-Match."


def tag_of(data: Any) -> str:
    """Return the entity tag of a representation: the same for the same content, whatever happened in between."""
    return f'"{hashlib.blake2b(JSONRenderer().render(data), digest_size=12).hexdigest()}"'


def is_among(tag: str, header: str) -> bool:
    """Tell whether a header such as `"a", "b"` or `*` names the tag; a weak one counts as the strong one."""
    named = [one.removeprefix("W/") for one in parse_etags(header)]
    return "*" in named or tag in named


def conditionally(view: Any, request: Request, act: Any) -> Response:
    """Carry the request out if its If-Match allows it.

    The resource is locked from the comparison until the change has committed: of two with the same tag, one gets 412.
    """
    expected = request.headers.get("If-Match")
    if expected is None or request.method in SAFE:
        response: Response = act()
        return response
    if view.operation not in view.conditional or view.operation == "create":  # which has nothing to compare with
        raise ConditionNotSupported
    with transaction.atomic():
        _compare(view, expected)
        answer: Response = act()
        return answer


def not_modified(request: Request, tag: str) -> bool:
    """Tell whether the caller of a read has this very representation already."""
    known = request.headers.get("If-None-Match")
    return known is not None and request.method in SAFE and is_among(tag, known)


def _compare(view: Any, expected: str) -> None:
    rows = view.resource(**view.kwargs).select_for_update(of=view.locks, no_key=True)
    if (row := rows.first()) is None:
        raise NotFound
    if not is_among(tag_of(view.represent(row)), expected):
        raise PreconditionFailed
