"""Announcing that a delivery was given up."""

from gauzy import context
from gauzy.eventbus.catalogue import catalogue
from gauzy.eventbus.events import DeliveryDiedEvent
from gauzy.eventbus.models import Failure
from gauzy.eventbus.publishing import publish
from gauzy.eventbus.records import Claimed


def announce(claim: Claimed, failure: Failure) -> None:
    """Publish `DeliveryDiedEvent` where a delivery is declared dead, unless it is one of that very event."""
    event_type = catalogue.find_event(claim.name)
    if event_type is None or event_type.cls is DeliveryDiedEvent:
        return
    with context.use(_cause(claim)):
        publish(
            DeliveryDiedEvent(
                tenant_id=claim.tenant_id,
                died_event_id=claim.key.event_id,
                event_name=claim.name,
                handler=claim.key.handler,
                error_class=failure.error_class,
                attempts=claim.attempt,
            )
        )


def _cause(claim: Claimed) -> context.Context:
    return context.Context(
        tenant_id=claim.tenant_id,
        actor=context.Actor(context.ActorKind.SYSTEM, f"handler {claim.key.handler}"),
        correlation_id=claim.correlation_id,
        causation_id=claim.key.event_id,
        depth=claim.depth + 1,
        handler=claim.key.handler,
    )
