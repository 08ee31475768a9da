"""`Idempotency-Key`: a POST that is sent again is not carried out again, and answers the same.

The key is kept in the transaction of the change: both commit or neither does. So a refusal keeps nothing, and the same
key may try again. A key belongs to one actor in one tenant and to one route, for a day.
"""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from django.core.files.base import File
from django.db import connection, transaction
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from gauzy import context
from gauzy.exceptions import Conflict, DomainError, Invalid
from gauzy.rest.models import KeptAnswer
from gauzy.rest.services import find_answer, keep_answer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
_SANE = re.compile(r"[\x21-\x7e]{1,255}")


class InvalidKey(Invalid):
    code = "invalid_idempotency_key"
    message = "An idempotency key has 1 to 255 visible ASCII characters."


class KeyNotSupported(Invalid):
    """Repeating the answer would mean to keep a secret, or there is nobody yet to whom a key could belong."""

    code = "idempotency_not_supported"
    message = "This operation takes no idempotency key."


class KeyReused(DomainError):
    """HTTP 422."""

    code = "idempotency_key_reused"
    message = "This key came with another request: use a new one."


class InFlight(Conflict):
    code = "idempotency_key_in_flight"
    message = "A request with this key is being carried out: ask again in a moment."


def once(view: Any, request: Request, act: Callable[[], Response]) -> Response:
    """Carry the request out, or answer as the first one of its key was answered."""
    key = request.headers.get(HEADER)
    if key is None or request.method != "POST":
        return act()
    if not _SANE.fullmatch(key):
        raise InvalidKey
    if view.takes_no_key():
        raise KeyNotSupported
    scope, fingerprint = _scope(request, key), _fingerprint(request)
    with transaction.atomic():
        _enter(scope)
        if kept := find_answer(scope):
            return _replay(kept, fingerprint)
        response = act()
        if response.status_code < 400:
            _keep(response, scope, fingerprint)
        return response


def _scope(request: Any, key: str) -> str:
    acting = context.current()
    route = request.resolver_match.route
    return _digest([acting.tenant_id, acting.actor.kind, acting.actor.id, route, key])


def _fingerprint(request: Request) -> str:
    return _digest([request.get_full_path(), request.data])


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=_plain).encode()).hexdigest()


def _plain(value: Any) -> str:
    if not isinstance(value, File):
        return str(value)
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return digest.hexdigest()


def _enter(scope: str) -> None:
    """Refuse a second request while the first runs. On SQLite it has waited for the only write lock instead."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int(scope[:15], 16)])
        if cursor.fetchone() != (True,):
            raise InFlight


def _replay(kept: KeptAnswer, fingerprint: str) -> Response:
    if kept.fingerprint != fingerprint:
        raise KeyReused
    headers = {REPLAYED: "true"} | ({"ETag": kept.etag} if kept.etag else {})
    return Response(json.loads(kept.content), status=kept.status, headers=headers)


def _keep(response: Response, scope: str, fingerprint: str) -> None:
    content = JSONRenderer().render(response.data).decode() or "null"
    keep_answer(
        scope=scope,
        fingerprint=fingerprint,
        status=response.status_code,
        content=content,
        etag=response.headers.get("ETag", ""),
    )
