"""Parcels on their way, for tests of what operators see and do."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from gauzy import context
from gauzy import eventbus as bus
from gauzy.context import Actor, ActorKind
from gauzy.eventbus.ids import uuid7
from gauzy.eventbus.testing import deliver_all
from tests.eventops.events import ParcelSentEvent, Weather

ADA = Actor(ActorKind.USER, "Ada Lovelace", uuid7())


def send_parcel(tenant_id: UUID, *, actor: Actor = ADA, **fields: Any) -> UUID:
    """Publish a parcel's event in the tenant; nothing handles it yet."""
    with context.acting(tenant_id=tenant_id, actor=actor), transaction.atomic():
        return bus.publish(ParcelSentEvent(parcel_id=uuid7(), **fields))


def send_dead_parcel(tenant_id: UUID, **fields: Any) -> UUID:
    """Publish a parcel's event of which `opstests.drive` gave up, after two attempts."""
    event_id = send_parcel(tenant_id, **{"recipient": "Grace Hopper"} | fields)
    Weather.bad = True
    try:
        deliver_all(expect_failures=True)
        deliver_all(now=timezone.now() + timedelta(hours=1), expect_failures=True)
    finally:
        Weather.bad = False
    return event_id
