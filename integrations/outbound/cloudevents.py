"""Events as CloudEvents 1.0, for the eyes of strangers: ids and plain facts, no personal data, no money."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any, Protocol, get_args, get_type_hints
from uuid import UUID

import msgspec
from django.conf import settings

from gauzy.eventbus import EventType, PlatformEvent, catalogue

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
_MONEY = re.compile(r"(^|_)(rate|amount|price|cost|(sub)?total|tax|discount|budget|balance|paid|currency)s?(_|$)")
_OWN = "integrations.webhook_"  # telling of telling would never end


class Stored(Protocol):
    """What is read of an event on record."""

    id: UUID
    name: str
    tenant_id: UUID | None
    correlation_id: UUID
    occurred_at: datetime
    subject_id: str
    data: Any


def offered() -> list[EventType]:
    """Return the event types that an endpoint may choose, by name."""
    return [
        known
        for known in catalogue.events
        if not known.name.startswith(_OWN) and not issubclass(known.cls, PlatformEvent)
    ]


def matches(patterns: list[str], name: str) -> bool:
    """Tell whether one of the patterns (`*`, `app.*` or a name) chooses an event."""
    return not name.startswith(_OWN) and any(fnmatchcase(name, pattern) for pattern in patterns)


def encode(event: Stored) -> bytes:
    """Return the message's body; the same bytes for every attempt."""
    subject = {"subject": event.subject_id} if event.subject_id else {}
    envelope = {
        "specversion": "1.0",
        "id": str(event.id),
        "source": settings.PUBLIC_URL,
        "type": f"gauzy.{event.name}",
        "time": event.occurred_at.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "tenantid": str(event.tenant_id),
        "correlationid": str(event.correlation_id),
        "data": public_data(event.name, event.data),
    }
    return msgspec.json.encode({**envelope, **subject})


def public_data(name: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of an event's fields may leave; of a class that this release does not have, nothing."""
    event_type = catalogue.find_event(name)
    return dict(_public(event_type, data)) if event_type else {}


def _public(event_type: EventType, data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    hints = get_type_hints(event_type.cls)
    for field, value in data.items():
        if field == "changes":
            yield "changed", sorted(change["field"] for change in value)
        elif field in hints and field not in event_type.personal_fields and not _is_money(field, hints[field]):
            yield field, value


def _is_money(field: str, kind: Any) -> bool:
    return bool(_MONEY.search(field)) or Decimal in (kind, *get_args(kind))
