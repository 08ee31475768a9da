"""The `@event` decorator."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar, get_type_hints

import msgspec
from django.dispatch import Signal

from gauzy.eventbus.catalogue import catalogue
from gauzy.eventbus.event import AnyEvent, Event, PlatformEvent
from gauzy.eventbus.event_type import EventType, Upcast, derived_name, guessed_action, guessed_subject
from gauzy.eventbus.exceptions import DeclarationError
from gauzy.eventbus.fields import checker, personal_fields
from gauzy.eventbus.naming import app_package

EventClass = TypeVar("EventClass", bound=type[AnyEvent])


def event(
    name: str = "",
    *,
    version: int = 1,
    subject: str = "",
    action: str = "",
    upcasts: Sequence[Upcast] = (),
    deprecated: str = "",
) -> Callable[[EventClass], EventClass]:
    """Declare an event class and put it in the catalogue.

    `name` is the wire name, by default `<app label>.<class name in snake case, without Event>`; `subject` the field
    with the id of what it is about, and `action` what happened to it: both may be left out where the class name says
    them.
    upcasts: one pure function from JSON fields to JSON fields per version but the last: from 1 to 2, from 2 to 3, …
    deprecated: what to use instead; the documents and `manage.py check` say so.
    Raises `DeclarationError` for a name taken or a field that could not be decoded later.
    """

    def declare(cls: EventClass) -> EventClass:
        if not issubclass(cls, Event | PlatformEvent):
            raise DeclarationError(f"{cls.__qualname__} is no event: derive it from gauzy.eventbus.Event.")
        _refuse_untyped(cls)
        event_type = _described(cls, name, version=version, subject=subject, action=action)
        _refuse_gaps(event_type, upcasts)
        catalogue.add_event(replace(event_type, upcasts=tuple(upcasts), deprecated=deprecated))
        return cls

    return declare


def _described(cls: type[AnyEvent], name: str, *, version: int, subject: str, action: str) -> EventType:
    hints = get_type_hints(cls)
    if subject and subject not in hints:
        raise DeclarationError(f"{cls.__qualname__}: subject={subject!r} is none of its fields: {', '.join(hints)}.")
    return EventType(
        cls=cls,
        name=name or derived_name(cls),
        version=version,
        app=app_package(cls.__module__),
        subject=subject or guessed_subject(cls, hints),
        action=action or guessed_action(cls),
        check=checker(cls, hints),
        signal=Signal(use_caching=True),
        personal_fields=personal_fields(cls),
        decoder=msgspec.json.Decoder(cls),
    )


def _refuse_untyped(cls: type[AnyEvent]) -> None:
    """An attribute without annotation is no field: it would neither be given nor stored."""
    bases = cls.__mro__[: cls.__mro__.index(Event if issubclass(cls, Event) else PlatformEvent)]
    names = {
        name: None
        for base in bases
        for name, value in vars(base).items()
        if not name.startswith("__") and not hasattr(value, "__get__") and name not in base.__annotations__
    }
    if names:
        raise DeclarationError(
            f"{cls.__qualname__}: {', '.join(names)} has no type, so it is no field. Annotate it, like `reason: str`."
        )


def _refuse_gaps(event_type: EventType, upcasts: Sequence[Upcast]) -> None:
    needed = event_type.version - 1
    if upcasts and len(upcasts) != needed:
        raise DeclarationError(
            f"{event_type.cls.__qualname__}: version {event_type.version} needs {needed} upcasters, one from each "
            f"version before; there are {len(upcasts)}."
        )
