"""What a batch handler receives, made by hand."""

from contextlib import nullcontext
from datetime import UTC, datetime
from uuid import uuid4

from gauzy.context import Actor, ActorKind
from gauzy.eventbus import AnyEvent, Delivered, Metadata, catalogue
from gauzy.eventbus.ids import uuid7

ADA = Actor(ActorKind.USER, "Ada Lovelace", uuid7())
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def delivered(event: AnyEvent, *, actor: Actor = ADA, occurred_at: datetime = NOON) -> Delivered:
    event_type = catalogue.type_of(event)
    meta = Metadata(
        event_id=uuid7(),
        name=event_type.name,
        version=event_type.version,
        tenant_id=event.tenant_id,
        actor=actor,
        correlation_id=uuid4(),
        causation_id=None,
        causing_handler="",
        depth=0,
        occurred_at=occurred_at,
        history=False,
        handler="tests.handler",
        target="",
        generation=0,
        attempt=1,
        _completing=nullcontext,
    )
    return Delivered(event, meta)
