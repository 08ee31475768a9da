"""How the bus fares, on the dashboard."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from gauzy import context
from gauzy.eventops import selectors
from gauzy.eventops.choices import DeliveryState
from gauzy.site.parts import Card
from gauzy.site.roles import VIEW_BUS

LOOKED_AT = 500  # newest events of the tenant: counting all that waits could take long
LARGEST_COUNT = 99


def bus_cards(request: HttpRequest) -> list[Card]:
    if not request.user.has_perm(VIEW_BUS):
        return []
    newest = selectors.events(context.tenant_id()).order_by("-id").values("id")[:LOOKED_AT]
    waiting = _count(selectors.deliveries_in(DeliveryState.WAITING, None).filter(event_id__in=newest))
    dead = _count(selectors.dead_deliveries(context.tenant_id()))
    return [
        Card(
            title="Waiting",
            value=waiting,
            hint=f"deliveries of the last {LOOKED_AT} events",
            url=reverse("admin:bus_events"),
            icon="hourglass_empty",
        ),
        Card(
            title="Dead",
            value=dead,
            hint="given up: retry or skip them" if dead != "0" else "deliveries given up: none",
            url=reverse("admin:bus_dead"),
            icon="heart_broken",
            tone="danger" if dead != "0" else "good",
        ),
    ]


def _count(deliveries: Any) -> str:
    """Count up to `LARGEST_COUNT`, then say that there are more."""
    found = len(deliveries.values_list("handler")[: LARGEST_COUNT + 1])
    return f"{LARGEST_COUNT}+" if found > LARGEST_COUNT else str(found)
