"""Announcing that a delivery was given up."""

from gauzy import context
from gauzy.eventbus.catalogue import catalogue
from gauzy.eventbus.events import DeliveryDiedEvent
from gauzy.eventbus.models import Failure
from gauzy.eventbus.publishing import announce_death
from gauzy.eventbus.records import Claimed


def announce(claim: Claimed, failure: Failure) -> None:
    """Publish `DeliveryDiedEvent` where a delivery is declared dead, unless it is one of that very event."""
    event_type = catalogue.find_event(claim.name)
    if event_type is None or event_type.cls is DeliveryDiedEvent:
        return
    nobody = context.Actor(context.ActorKind.SYSTEM, "")
    died_in = context.Context(claim.tenant_id, nobody, claim.correlation_id, claim.key.event_id, depth=claim.depth)
    announce_death(died_in, claim.name, claim.key.handler, failure.error_class, attempts=claim.attempt)
