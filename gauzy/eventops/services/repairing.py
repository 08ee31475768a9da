"""Repairing deliveries. `tenant_id` None means whatever the tenant: for operators only.

Every write repeats the condition under which it is right, so that a worker who takes the delivery meanwhile wins.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, Unpack
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from gauzy import eventbus as bus
from gauzy.eventbus import hints
from gauzy.eventbus.choices import Outcome
from gauzy.eventbus.models import Delivery, Receipt, StoredEvent
from gauzy.eventbus.stores import store
from gauzy.eventops import selectors
from gauzy.eventops.choices import DeliveryState
from gauzy.eventops.events import DeliveryRetriedEvent, DeliverySkippedEvent
from gauzy.eventops.exceptions import (
    DeliveryNotDead,
    DeliveryNotFound,
    DeliveryOver,
    DeliveryRunning,
    EmptySelection,
    ReasonRefused,
)
from gauzy.eventops.selectors import DeliveryFilters

RETRIED_AT_ONCE = 200  # deliveries in one transaction
LONGEST_REASON = 300  # characters


@transaction.atomic
def retry_delivery(
    *, event_id: UUID, handler: str, tenant_id: UUID | None, target: str = "", only_dead: bool = False
) -> Delivery:
    """Make a delivery that is dead, or waits for its next attempt, due now, as if it had never been tried.

    Returns it as it was. Its failures stay on record. Raises `EventNotFound`, `DeliveryNotFound`, `DeliveryOver`,
    `DeliveryRunning` and, with `only_dead`, `DeliveryNotDead`.
    """
    event = selectors.get_event(event_id, tenant_id=tenant_id)
    delivery = owed_delivery(event, handler, target, only_dead=only_dead)
    if not make_due([delivery], store().now()):
        raise DeliveryRunning
    bus.publish(_retried(delivery, event))
    announce({handler})
    return delivery


def retry_deliveries(
    *, tenant_id: UUID | None, all: bool = False, dry_run: bool = False, **filters: Unpack[DeliveryFilters]
) -> list[Delivery]:
    """Retry the dead deliveries that the filters choose; return them, as they were.

    Raises `EmptySelection` if nothing narrows them and `all` was not said. Commits every `RETRIED_AT_ONCE` of them:
    what was done stays done if the rest is interrupted. Those that die again meanwhile are left alone.
    """
    if not all and tenant_id is None and not filters:
        raise EmptySelection
    deliveries = list(selectors.dead_deliveries(tenant_id, **filters).order_by("dead_at", "pk"))
    if dry_run:
        return deliveries
    return [
        delivery
        for start in range(0, len(deliveries), RETRIED_AT_ONCE)
        for delivery in _retry_some(deliveries[start : start + RETRIED_AT_ONCE])
    ]


@transaction.atomic
def skip_delivery(
    *,
    event_id: UUID,
    handler: str,
    reason: str,
    tenant_id: UUID | None,
    target: str = "",
    only_dead: bool = False,
) -> None:
    """Decide that the handler shall not have the event: what is owed becomes a receipt that says so, and why.

    Raises what `retry_delivery` raises, and `ReasonRefused`.
    """
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise ReasonRefused(fields={"reason": [ReasonRefused.message]})
    event = selectors.get_event(event_id, tenant_id=tenant_id)
    delivery = owed_delivery(event, handler, target, only_dead=only_dead)
    if not Delivery.objects.filter(_free(store().now()), pk=delivery.pk).delete()[0]:
        raise DeliveryRunning
    Receipt.objects.create(
        event_id=event_id,
        handler=handler,
        target=target,
        generation=delivery.generation,
        outcome=Outcome.SKIPPED,
        reason=reason,
        attempts=delivery.attempts,
    )
    bus.publish(DeliverySkippedEvent(**names_of(delivery, event), reason=reason))


def owed_delivery(event: StoredEvent, handler: str, target: str, *, only_dead: bool) -> Delivery:
    """Return the newest generation of what is owed; raise if that is nothing, or not for repair now."""
    same = {"event_id": event.id, "handler": handler, "target": target}
    delivery = Delivery.objects.filter(**same).order_by("-generation").first()
    if delivery is None:
        raise DeliveryOver if Receipt.objects.filter(**same).exists() else DeliveryNotFound
    state = selectors.state_of(delivery, store().now())
    if state is DeliveryState.RUNNING:
        raise DeliveryRunning
    if only_dead and state is not DeliveryState.DEAD:
        raise DeliveryNotDead
    return delivery


def _free(now: datetime) -> Q:
    """The condition that nobody runs it."""
    return Q(lease_until__isnull=True) | Q(lease_until__lt=now)


def make_due(deliveries: Sequence[Delivery], now: datetime) -> int:
    chosen = Delivery.objects.filter(_free(now), pk__in=[delivery.pk for delivery in deliveries])
    return chosen.update(
        due=now, attempts=0, failures=0, crashes=0, dead_at=None, reason="", lease_until=None, lease_token=None
    )


@transaction.atomic
def _retry_some(deliveries: Sequence[Delivery]) -> list[Delivery]:
    pks = [delivery.pk for delivery in deliveries]
    still_dead = list(Delivery.objects.select_for_update().filter(pk__in=pks, dead_at__isnull=False).order_by("pk"))
    if not still_dead:  # somebody else was faster
        return []
    make_due(still_dead, store().now())
    events = StoredEvent.objects.in_bulk({delivery.event_id for delivery in still_dead})
    bus.publish_many([_retried(delivery, events[delivery.event_id]) for delivery in still_dead])
    announce({delivery.handler for delivery in still_dead})
    return still_dead


def _retried(delivery: Delivery, event: StoredEvent) -> DeliveryRetriedEvent:
    return DeliveryRetriedEvent(**names_of(delivery, event))


def names_of(delivery: Delivery, event: StoredEvent) -> dict[str, Any]:
    return {
        "tenant_id": event.tenant_id,
        "event_id": event.id,
        "event_name": event.name,
        "handler": delivery.handler,
        "target": delivery.target,
    }


def announce(handlers: set[str]) -> None:
    transaction.on_commit(partial(hints.mark, handlers), robust=True)
