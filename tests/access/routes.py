"""Every operation of the API, read from the URL table."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from gauzy.rest.permissions import ANYONE

METHODS = ("get", "post", "put", "patch", "delete")
# Not ours, and about no tenant: path -> why.
FOREIGN_VIEWS = {
    "/api/v1/openapi.json": "drf-spectacular's: the document of the API, for anyone",
    "/api/v1/docs": "drf-spectacular's: the same, to be read",
}
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True, slots=True)
class Route:
    """One operation: `path` has `{parameters}`; `operation` is the key of the view's tables."""

    method: str
    path: str
    operation: str
    view: Any

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @property
    def roles(self) -> Collection[str]:
        found: Collection[str] = self.view.roles.get(self.operation, frozenset())
        return found

    @property
    def is_public(self) -> bool:
        return self.roles is ANYONE

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)

    @property
    def is_list(self) -> bool:
        return self.method == "get" and self.operation in self.view.lists and not self.parameters


def routes() -> list[Route]:
    """Return every operation under /api/v1/ that is a view of ours, also those of a test's own URL table."""
    found = (route for path, callback in _patterns(get_resolver().url_patterns, "/") for route in _of(path, callback))
    return sorted((route for route in found if route.path not in FOREIGN_VIEWS), key=str)


def _patterns(patterns: list[Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern) and path.startswith("/api/v1/"):
            yield _PARAMETER.sub(r"{\1}", path), pattern.callback


def _of(path: str, callback: Any) -> Iterator[Route]:
    view = callback.cls
    actions = getattr(callback, "actions", None) or {name: name for name in METHODS if hasattr(view, name)}
    for method, operation in actions.items():
        if method in METHODS:
            yield Route(method, path, operation, view)
