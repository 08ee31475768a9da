"""How the bus fares, on the dashboard."""

from typing import Any

from django.db.models import Min
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timesince import timesince

from gauzy import context
from gauzy.eventbus.stores import store
from gauzy.eventops import selectors
from gauzy.eventops.choices import DeliveryState
from gauzy.eventops.lag import PATIENCE
from gauzy.eventops.rates import MINUTES, events_per_minute
from gauzy.site.bus.presenting import label_of
from gauzy.site.parts import Card, Panel, bars
from gauzy.site.roles import VIEW_BUS

LOOKED_AT = 500  # newest events of the tenant: counting all that waits could take long
LARGEST_COUNT = 99


def bus_cards(request: HttpRequest) -> list[Card]:
    if not request.user.has_perm(VIEW_BUS):
        return []
    newest = selectors.events(context.tenant_id()).order_by("-id").values("id")[:LOOKED_AT]
    waiting = selectors.deliveries_in(DeliveryState.WAITING, None).filter(event_id__in=newest)
    return [_backlog(waiting), _oldest(waiting), _dead()]


def bus_panels(request: HttpRequest) -> list[Panel]:
    """Draw the last hour: by minute, and by kind of event."""
    if not request.user.has_perm(VIEW_BUS):
        return []
    minutes, names = events_per_minute(context.tenant_id())
    by_minute = {f"{minute:%H:%M}": count for minute, count in minutes.items()}
    by_name = {label_of(name): count for name, count in names.most_common(8)}
    nothing, link = f"Nothing happened in the last {MINUTES} minutes.", reverse("admin:bus_events")
    return [
        Panel("Events a minute (UTC)", bars(by_minute) if names else [], nothing, reverse("admin:bus_live"), True),
        Panel("Events of the last hour", bars(by_name), nothing, link),
    ]


def _backlog(waiting: Any) -> Card:
    hint = f"deliveries of the last {LOOKED_AT} events"
    return Card("Waiting", _count(waiting), hint, reverse("admin:bus_events"), "hourglass_empty")


def _oldest(waiting: Any) -> Card:
    now, oldest = store().now(), waiting.aggregate(oldest=Min("owed_since"))["oldest"]
    is_late = oldest is not None and now - oldest > PATIENCE
    value = timesince(oldest, now, depth=1) if oldest else "–"
    hint = "a worker is missing, or a handler fails" if is_late else "since the oldest became owed"
    return Card("Oldest waits", value, hint, reverse("admin:bus_handlers"), "schedule", "warning" if is_late else "")


def _dead() -> Card:
    dead = _count(selectors.dead_deliveries(context.tenant_id()))
    hint, tone = ("deliveries given up: none", "good") if dead == "0" else ("given up: retry or discard them", "danger")
    return Card("Dead", dead, hint, reverse("admin:bus_dead"), "heart_broken", tone)


def _count(deliveries: Any) -> str:
    """Count up to `LARGEST_COUNT`, then say that there are more."""
    found = len(deliveries.values_list("handler")[: LARGEST_COUNT + 1])
    return f"{LARGEST_COUNT}+" if found > LARGEST_COUNT else str(found)
