"""What GitHub delivers: verified before it is read, and read with suspicion even so."""

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import parse_qs

_PREFIX = "sha256="
_FORM = "application/x-www-form-urlencoded"


class Unreadable(Exception):
    """The body is no JSON."""


def is_genuine(secret: str, body: bytes, signature: str) -> bool:
    """Tell in constant time whether the body was signed with the secret; nothing is without one."""
    expected = _PREFIX + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return bool(secret) & hmac.compare_digest(expected.encode(), signature.encode(errors="replace"))


def read(body: bytes, content_type: str) -> Any:
    """Return the payload, in either form that GitHub offers; raise `Unreadable`."""
    try:
        if content_type.partition(";")[0].strip().lower() == _FORM:
            body = parse_qs(body.decode(), strict_parsing=True, max_num_fields=2)["payload"][0].encode()
        return json.loads(body)
    except (ValueError, KeyError, RecursionError) as error:
        raise Unreadable from error


def text_at(payload: Any, *path: str) -> str:
    """Return the text or number found along the path, as text that any database holds; "" where there is none."""
    found = at(payload, *path)
    return storable(str(found)) if isinstance(found, str | int) and not isinstance(found, bool) else ""


def at(payload: Any, *path: str) -> Any:
    """Return what is found along the path of names, None where there is nothing."""
    for name in path:
        payload = payload.get(name) if isinstance(payload, dict) else None
    return payload


def storable(text: str) -> str:
    """Return the text without what PostgreSQL does not hold: NUL, halves of surrogate pairs."""
    return text.replace("\0", "").encode(errors="ignore").decode()
