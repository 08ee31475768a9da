"""Rows of the bus in words and colours."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.urls import reverse

from gauzy.eventbus import catalogue
from gauzy.eventbus.handler import Handler
from gauzy.eventops.choices import DeliveryState
from gauzy.eventops.selectors import OwedDelivery
from gauzy.eventops.stats import HandlerStats
from gauzy.eventops.trails import Trail, trails_of
from gauzy.tenancy.subjects import Subject, names_of

TONES = {
    DeliveryState.WAITING: "info",
    DeliveryState.RUNNING: "info",
    DeliveryState.DONE: "good",
    DeliveryState.DEAD: "danger",
    DeliveryState.SKIPPED: "",
    DeliveryState.NOT_OWED: "",
    DeliveryState.MISSING: "danger",
}
_WORST_FIRST = (
    DeliveryState.MISSING,
    DeliveryState.DEAD,
    DeliveryState.WAITING,
    DeliveryState.RUNNING,
    DeliveryState.DONE,
    DeliveryState.SKIPPED,
)
_VARYING = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
_RETRYABLE = {DeliveryState.WAITING, DeliveryState.DEAD}


@dataclass(frozen=True, slots=True)
class Chip:
    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event of a list, with what its handlers did."""

    event: Any
    label: str
    chips: list[Chip]


@dataclass(frozen=True, slots=True)
class TrailRow:
    trail: Trail
    chip: Chip
    duration: str
    repairable: bool

    @property
    def is_dead(self) -> bool:
        return self.trail.state is DeliveryState.DEAD


def event_rows(events: Iterable[Any]) -> list[EventRow]:
    """Add label and outcomes to events: a fixed number of statements, however many events."""
    found = list(events)
    trails = trails_of(found)
    return [EventRow(event, label_of(event.name), summary(trails[event.id])) for event in found]


def summary(trails: Iterable[Trail]) -> list[Chip]:
    """Count the handlers in each state, worst first."""
    counts = Counter(trail.state for trail in trails)
    return [Chip(f"{counts[state]} {state.label}", TONES[state]) for state in _WORST_FIRST if counts[state]]


def trail_row(trail: Trail) -> TrailRow:
    chip = Chip(str(trail.state.label), TONES[trail.state])
    return TrailRow(trail, chip, _duration(trail), repairable=trail.state in _RETRYABLE)


@dataclass(frozen=True, slots=True)
class TreeRow:
    row: EventRow
    depth: int
    is_here: bool


@dataclass(frozen=True, slots=True)
class Pace:
    """`p95` in milliseconds; `failing`: what failed and will be tried again."""

    p95: int | None = None
    failing: int = 0

    @property
    def words(self) -> str:
        if self.p95 is None:
            return "–"
        return "< 10 ms" if self.p95 < 10 else f"{self.p95} ms"


@dataclass(frozen=True, slots=True)
class HandlerRow:
    """`stats` and `pace` are over all tenants, and empty for those who may not see these."""

    handler: Handler
    reacts_to: list[str]
    stats: HandlerStats | None
    pace: Pace
    dead: int


def handler_row(handler: Handler, stats: HandlerStats | None, pace: Pace, dead: int) -> HandlerRow:
    reacts_to = [known.label for known in catalogue.events if known.cls in handler.events]
    return HandlerRow(handler, reacts_to, stats, pace, dead)


@dataclass(frozen=True, slots=True)
class DeadGroup:
    """Deliveries of one handler that died of the same thing."""

    handler: str
    label: str
    reason: str
    rows: list[OwedDelivery]

    @property
    def latest(self) -> Any:
        return self.rows[0].delivery.dead_at


def dead_groups(dead: Iterable[OwedDelivery]) -> list[DeadGroup]:
    """Put together what failed alike: same handler, same event, same reason but for the numbers in it. Newest first."""
    groups: dict[tuple[str, str, str], DeadGroup] = {}
    for owed in dead:
        delivery = owed.delivery
        key = (delivery.handler, owed.event.name, _VARYING.sub("…", delivery.reason))
        group = DeadGroup(delivery.handler, label_of(owed.event.name), delivery.reason, [])
        groups.setdefault(key, group).rows.append(owed)
    return list(groups.values())


def tree_rows(events: list[Any], about: UUID) -> list[TreeRow]:
    """Return a lineage as lines to draw, in its order; `about` is the event whose page it is."""
    top = min(event.depth for event in events)
    return [TreeRow(row, row.event.depth - top, row.event.id == about) for row in event_rows(events)]


def label_of(name: str) -> str:
    """Return what people call an event; one that this release does not have keeps its wire name."""
    event_type = catalogue.find_event(name)
    return event_type.label if event_type else name


def link_to_subject(event: Any) -> str:
    """Return the admin's page of what the event is about, if there is one."""
    app_label = event.name.partition(".")[0]
    for model in admin.site._registry:
        if (model._meta.app_label, model._meta.model_name) == (app_label, event.subject_type) and event.subject_id:
            return reverse(f"admin:{app_label}_{model._meta.model_name}_change", args=(event.subject_id,))
    return ""


def names_of_subjects(events: Iterable[Any], *, personal: bool) -> dict[Subject, str]:
    """Return what people call the things that events are about, asked for each tenant and type once."""
    by_tenant: dict[UUID, set[Subject]] = {}
    for event in events:
        if event.tenant_id and event.subject_id:
            by_tenant.setdefault(event.tenant_id, set()).add((event.subject_type, event.subject_id))
    return {
        subject: name
        for tenant_id, subjects in by_tenant.items()
        for subject, name in names_of(tenant_id, subjects, personal=personal).items()
    }


def link_to_event(event_id: UUID) -> str:
    return reverse("admin:bus_event", args=(event_id,))


def _duration(trail: Trail) -> str:
    if trail.state is not DeliveryState.DONE:
        return ""
    return "< 10 ms" if trail.duration_ms is None else f"{trail.duration_ms} ms"
