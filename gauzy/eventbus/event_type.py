"""What the bus knows of an event class, and how names and descriptions follow from it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, cast

import msgspec
from django.dispatch import Signal

from gauzy.eventbus.event import Action, AnyEvent, Change
from gauzy.eventbus.naming import app_label

Upcast = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True, eq=False)
class EventType:
    """What the bus knows of an event class."""

    cls: type[AnyEvent]
    name: str  # stored for ever
    version: int
    app: str  # the Python package that declares it
    subject: str | None  # the field holding the id of what it is about
    action: str | None
    check: Callable[[Any], None]  # raises InvalidEvent
    signal: Signal
    personal_fields: frozenset[str]
    decoder: "msgspec.json.Decoder[Any]" = field(repr=False)
    upcasts: tuple[Upcast, ...] = ()  # the first takes what version 1 wrote, the last gives today's fields
    deprecated: str = ""  # what to use instead
    entity_type: str = field(init=False)  # the kind of thing it is about: `employee` for a subject `employee_id`

    def __post_init__(self) -> None:
        object.__setattr__(self, "entity_type", self.subject.removesuffix("_id") if self.subject else "")

    def decode(self, data: bytes, version: int) -> AnyEvent:
        """Read what was stored as `version`, through the upcasters since then; raise ValueError where that fails."""
        if self.upcasts and version < self.version:
            data = msgspec.json.encode(self._upcast(msgspec.json.decode(data), version))
        event: AnyEvent = self.decoder.decode(data)
        return event

    def _upcast(self, fields: dict[str, Any], version: int) -> dict[str, Any]:
        for number, step in enumerate(self.upcasts[version - 1 :], start=version):
            try:
                fields = step(fields)
            except Exception as error:
                raise ValueError(f"upcasting from version {number}: {type(error).__name__}: {error}") from error
        return fields

    @property
    def fields(self) -> set[str]:
        """The names of its fields."""
        return {field.name for field in msgspec.structs.fields(cast("type[msgspec.Struct]", self.cls))}

    def personal_among(self, names: Iterable[str]) -> set[str]:
        """Return those that hold personal data; of a field that the class no longer has nobody knows, so it counts."""
        return {name for name in names if name in self.personal_fields or name not in self.fields}

    @property
    def label(self) -> str:
        """Its name for people: `Employee created`."""
        return _words(self.cls.__name__).capitalize()

    def subject_of(self, event: AnyEvent) -> str:
        """Return the id of what `event` is about, or an empty text."""
        value = getattr(event, self.subject, None) if self.subject else None
        return "" if value is None else str(msgspec.to_builtins(value))  # for a UUID, thrice as fast as str

    def describe(self, event: AnyEvent) -> str:
        """Say what happened, for people: `Employee updated: job title, start date`."""
        changes: tuple[Change, ...] = getattr(event, "changes", ())
        fields = ", ".join(change.field.replace("_", " ") for change in changes)
        return f"{self.label}: {fields}" if fields else self.label


def _words(class_name: str) -> str:
    return " ".join(re.findall(r"GitHub|[A-Z][a-z0-9]*", class_name.removesuffix("Event"))).lower()


def derived_name(cls: type) -> str:
    """`employees.events.EmployeeCreatedEvent` -> `employees.employee_created` (GitHub is one word)."""
    return f"{app_label(cls.__module__)}.{_words(cls.__name__).replace(' ', '_')}"


def guessed_subject(cls: type, hints: dict[str, Any]) -> str | None:
    """The first `…_id` field whose stem the class name begins with: EmployeeCreatedEvent -> employee_id."""
    words = _words(cls.__name__).replace(" ", "_")
    return next((name for name in hints if name.endswith("_id") and words.startswith(name.removesuffix("_id"))), None)


def guessed_action(cls: type) -> str | None:
    last = _words(cls.__name__).rsplit(" ", 1)[-1]
    return last if last in set(Action) else None
