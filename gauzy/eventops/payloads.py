"""What an event says, for people's eyes."""

from typing import Any

from gauzy.eventbus import catalogue
from gauzy.eventbus.models import StoredEvent
from gauzy.eventbus.redaction import MASK


def payload_of(event: StoredEvent, *, personal: bool) -> dict[str, Any]:
    """Return the event's fields; without the right to personal data those that its class marks are masked.

    Of a class or a field that this release does not have nobody knows whether it is personal: it is masked.
    """
    data: dict[str, Any] = dict(event.data)
    if personal:
        return data
    event_type = catalogue.find_event(event.name)
    masked = event_type.personal_among(data) | event_type.personal_fields if event_type else set(data)
    return {name: _masked(name, value, masked) for name, value in data.items()}


def _masked(name: str, value: Any, masked: set[str]) -> Any:
    if name in masked:
        return MASK
    if name == "changes":  # each tells old and new of one field
        return [change | {"old": MASK, "new": MASK} if change["field"] in masked else change for change in value]
    return value
