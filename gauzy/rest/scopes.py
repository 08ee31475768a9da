"""What an API key may be good for: `employees:read`, `employees:write`, from the first segment of a route.

Both are apart: a key that writes need not read. Some segments are for people alone.
"""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from gauzy.rest.conditions import SAFE
from gauzy.rest.permissions import ANYONE

ROOT = "/api/v1/"
METHODS = ("get", "post", "put", "patch", "delete")
FOR_PEOPLE = frozenset({"api-keys", "auth", "me"})


def scope_of(method: str, path: str) -> str | None:
    """Return the scope that a request needs; None where no key may go."""
    segment = path.removeprefix(ROOT).partition("/")[0]
    if not path.startswith(ROOT) or segment in FOR_PEOPLE:
        return None
    return f"{segment}:{'read' if method.upper() in SAFE else 'write'}"


def known_scopes() -> list[str]:
    """Return every scope that opens something, from the URL table."""
    found = {scope_of(method, path) for method, path in _operations(get_resolver().url_patterns, "/")}
    return sorted(scope for scope in found if scope)


def _operations(patterns: list[Any], prefix: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _operations(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern) and path.startswith(ROOT):
            yield from ((method, path) for method in _methods_of(pattern.callback))


def _methods_of(callback: Any) -> list[str]:
    """Return the methods of a view that somebody has to sign in for."""
    view = callback.cls
    actions = getattr(callback, "actions", None) or {name: name for name in METHODS if hasattr(view, name)}
    roles = getattr(view, "roles", {})
    return [method for method, action in actions.items() if roles.get(action, ANYONE) is not ANYONE]
