"""Rows of the bus in words and colours."""

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
from gauzy.eventops.stats import HandlerStats
from gauzy.eventops.trails import Trail, trails_of

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
class HandlerRow:
    """`stats` are over all tenants, and None for those who may not see these."""

    handler: Handler
    reacts_to: list[str]
    stats: HandlerStats | None
    dead: int


def handler_row(handler: Handler, stats: HandlerStats | None, dead: int) -> HandlerRow:
    reacts_to = [known.label for known in catalogue.events if known.cls in handler.events]
    return HandlerRow(handler, reacts_to, stats, dead)


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


def link_to_event(event_id: UUID) -> str:
    return reverse("admin:bus_event", args=(event_id,))


def _duration(trail: Trail) -> str:
    if trail.state is not DeliveryState.DONE:
        return ""
    return "< 10 ms" if trail.duration_ms is None else f"{trail.duration_ms} ms"
