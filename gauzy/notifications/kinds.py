"""The kinds of notification there are: features register theirs, users switch them off one by one."""

from gauzy.notifications.exceptions import UnknownKind

_labels: dict[str, str] = {}


def register_kind(kind: str, label: str) -> None:
    """Declare a kind and how people read it in their preferences. Call it in `AppConfig.ready()`."""
    _labels[kind] = label


def registered_kinds() -> dict[str, str]:
    """Return the label of each kind."""
    return dict(sorted(_labels.items()))


def require_kind(kind: str) -> None:
    """Raise `UnknownKind` for a kind that no feature registered."""
    if kind not in _labels:
        raise UnknownKind(
            f"There is no kind of notification {kind!r}. A feature declares its kinds with "
            "gauzy.notifications.kinds.register_kind in AppConfig.ready().",
            fields={"kind": ["Unknown kind."]},
        )
