"""What exists: every declared event type and every connected handler, by name."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any, cast

from gauzy.eventbus.event import AnyEvent
from gauzy.eventbus.event_type import EventType
from gauzy.eventbus.exceptions import BusError, DeclarationError
from gauzy.eventbus.handler import Handler

Planner = Callable[..., Handler | None]


class Catalogue:
    """One instance per process, `catalogue`; filled at start, then read only."""

    def __init__(self) -> None:
        self._by_name: dict[str, EventType] = {}
        self._by_class: dict[type[AnyEvent], EventType] = {}
        self._handlers: dict[str, Handler] = {}
        self._fingerprints: dict[str, int] = {}

    @property
    def events(self) -> list[EventType]:
        """Every event type, by name."""
        return [self._by_name[name] for name in sorted(self._by_name)]

    @property
    def handlers(self) -> list[Handler]:
        """Every connected handler, by id."""
        return [self._handlers[handler_id] for handler_id in sorted(self._handlers)]

    def event(self, name: str) -> EventType:
        """Return the event type of that wire name; raise KeyError."""
        return self._by_name[name]

    def find_event(self, name: str) -> EventType | None:
        return self._by_name.get(name)

    def type_of(self, event: AnyEvent) -> EventType:
        """Return what is known of an instance's class; raise `BusError` if the class was never declared."""
        try:
            return self._by_class[type(event)]
        except KeyError:
            raise BusError(f"{type(event).__qualname__} is not declared: decorate the class with @event.") from None

    def find_handler(self, id: str) -> Handler | None:
        return self._handlers.get(id)

    def handlers_of(self, event_type: EventType) -> list[Handler]:
        """Return the handlers connected to an event, by id."""
        return [handler for handler in self.handlers if handler.takes_every_event or event_type.cls in handler.events]

    def fingerprint(self, event_type: EventType) -> int:
        """A 63-bit number of the set of handlers this process knows for the event: stored with each event."""
        known = self._fingerprints.get(event_type.name)
        if known is None:
            ids = "\n".join(handler.id for handler in self.handlers_of(event_type))
            known = int.from_bytes(hashlib.sha256(ids.encode()).digest()[:8]) >> 1
            self._fingerprints[event_type.name] = known
        return known

    def add_event(self, event_type: EventType) -> None:
        if (taken := self._by_name.get(event_type.name)) and taken.cls is not event_type.cls:
            raise DeclarationError(
                f"{event_type.cls.__qualname__} and {taken.cls.__qualname__} both use the name {event_type.name!r}."
            )
        self._by_name[event_type.name] = self._by_class[event_type.cls] = event_type

    def add_handler(self, handler: Handler) -> None:
        """Connect the handler's planner to the signals of its events."""
        taken = self._handlers.get(handler.id)
        if taken and taken.function is not handler.function:
            raise DeclarationError(f"Two handlers use the id {handler.id!r}: rename one function.")
        self._handlers[handler.id] = handler
        self._fingerprints.clear()
        planner = _planner(handler)
        for event_type in self._types_for(handler):
            event_type.signal.connect(planner, sender=event_type.cls, weak=False, dispatch_uid=handler.id)

    def remove_handler(self, handler: Handler) -> None:
        """Undo `add_handler`; for the test kit."""
        del self._handlers[handler.id]
        self._fingerprints.clear()
        for event_type in self._types_for(handler):
            event_type.signal.disconnect(sender=event_type.cls, dispatch_uid=handler.id)

    def _types_for(self, handler: Handler) -> Iterator[EventType]:
        if handler.takes_every_event:
            yield from self._by_name.values()
            return
        for cls in handler.events:
            if cls not in self._by_class:
                raise DeclarationError(f"{handler.id} handles {cls.__qualname__}, which no @event declares.")
            yield self._by_class[cls]


catalogue = Catalogue()


def _planner(handler: Handler) -> Planner:
    """The receiver of the event's signal: it answers with what its handler is owed, or None."""

    def always(**_: Any) -> Handler:
        return handler

    def perhaps(event: AnyEvent, **_: Any) -> Handler | None:
        return handler if handler.wants(event) else None

    plan: Any = always if handler.when is None else perhaps
    plan.handler = handler  # names the owner when its condition raises
    return cast("Planner", plan)
