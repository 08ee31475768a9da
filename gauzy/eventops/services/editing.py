"""Giving a handler other data than the event holds, where those kill it. `tenant_id` None: for operators only."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from gauzy import eventbus as bus
from gauzy.eventbus import Change, EventType, catalogue
from gauzy.eventbus.exceptions import InvalidEvent
from gauzy.eventbus.models import Delivery, StoredEvent
from gauzy.eventbus.stores import store
from gauzy.eventbus.values import encode
from gauzy.eventops import selectors
from gauzy.eventops.events import DeliveryEditedEvent
from gauzy.eventops.exceptions import DeliveryRunning, PayloadRefused
from gauzy.eventops.services.repairing import announce, make_due, names_of, owed_delivery

Fields = Mapping[str, Any]


def data_to_edit(*, event_id: UUID, handler: str, tenant_id: UUID | None, target: str = "") -> dict[str, Any]:
    """Return the fields that `edit_delivery` may change, as the handler would read them now; raise as it does."""
    event = selectors.get_event(event_id, tenant_id=tenant_id)
    delivery = owed_delivery(event, handler, target, only_dead=True)
    data: dict[str, Any] = delivery.edited or event.data
    return {name: value for name, value in data.items() if name != "tenant_id"}


@transaction.atomic
def edit_delivery(
    *, event_id: UUID, handler: str, fields: Fields, tenant_id: UUID | None, target: str = "", only_dead: bool = True
) -> Delivery:
    """Have a handler read these fields (JSON values) instead of the event's, and make the delivery due now.

    The event stays as it was published: other handlers, replays and readers have it so. What changed is told by
    `DeliveryEditedEvent`. Returns the delivery as it was. Raises what `retry_delivery` raises, and `PayloadRefused`
    for a field that the event does not have, its tenant, or a value that its class would not read.
    """
    event = selectors.get_event(event_id, tenant_id=tenant_id)
    delivery = owed_delivery(event, handler, target, only_dead=only_dead)
    before: dict[str, Any] = delivery.edited or event.data
    after = before | dict(fields)
    _refuse_unreadable(event, before, after, fields)
    if not make_due([delivery], store().now()):
        raise DeliveryRunning
    Delivery.objects.filter(pk=delivery.pk).update(edited=after)
    changes = [Change(field=name, old=_scalar(before.get(name)), new=_scalar(after[name])) for name in sorted(fields)]
    bus.publish(DeliveryEditedEvent(**names_of(delivery, event), changes=tuple(changes)))
    announce({handler})
    return delivery


def _refuse_unreadable(event: StoredEvent, before: Fields, after: Fields, fields: Fields) -> None:
    known = catalogue.find_event(event.name)
    if known is None or event.version > known.version:
        raise PayloadRefused("This release does not know the event: edit it with one that does.")
    allowed = (set(before) | set(known.fields)) - {"tenant_id"}
    if wrong := sorted(set(fields) - allowed):
        raise PayloadRefused(fields={name: ["The event has no such field to edit."] for name in wrong})
    if problem := _problem(known, after, event.version):
        raise PayloadRefused(problem)


def _problem(known: EventType, data: Fields, version: int) -> str:
    """Say why the class would not read these data; an empty text if it does."""
    try:
        known.check(known.decode(encode(data), version))
    except (ValueError, InvalidEvent) as error:
        return str(error)
    return ""


def _scalar(value: Any) -> str | int | float | bool | None:
    return value if isinstance(value, str | int | float | bool | None) else json.dumps(value)
