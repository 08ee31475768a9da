from typing import Any


def operation_of(view: Any, request: Any) -> str | None:
    """Return the name under which a view declares what is asked of it: its action, else the HTTP method in lower case.

    None if the view does not answer that method.
    """
    if getattr(view, "action_map", None):
        action: str | None = view.action
        return None if action == "metadata" else action
    if request is None:  # asked for the API's description
        return None
    method = "get" if request.method == "HEAD" else request.method.lower()
    return method if method != "options" and hasattr(view, method) else None
