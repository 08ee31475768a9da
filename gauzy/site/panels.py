"""What stands below every object's form: apps register it, so that the site need not know them."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString

ObjectPanel = Callable[[HttpRequest, str], SafeString]

_panels: list[ObjectPanel] = []


def register_object_panel(panel: ObjectPanel) -> None:
    """Show what `panel(request, object_id)` renders on every object's page; call it once, in `ready()`.

    It decides by the request what its reader may see, and returns "" where that is nothing.
    """
    if panel not in _panels:
        _panels.append(panel)


def object_panels(request: HttpRequest, object_id: Any) -> list[SafeString]:
    """Return the panels of an object; none for one that does not exist yet."""
    shown = (panel(request, str(object_id)) for panel in _panels) if object_id else ()
    return [panel for panel in shown if panel]
