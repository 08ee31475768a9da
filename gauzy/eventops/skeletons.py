"""The skeleton of a new event: its class, a handler, and a test of both, as text for the files of an app."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gauzy.eventbus import Action

# What a field may be -> the module that its type comes from, and a value of it.
TYPES = {
    "UUID": ("uuid", "uuid7()"),
    "str": ("", '"text"'),
    "int": ("", "3"),
    "bool": ("", "True"),
    "Decimal": ("decimal", 'Decimal("1.50")'),
    "date": ("datetime", "date(2026, 3, 2)"),
    "datetime": ("datetime", "datetime(2026, 3, 2, 9, tzinfo=UTC)"),
}


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A fact of the app `package`, named as in `anniversary_reached`; the first of its fields is its subject."""

    package: str
    name: str
    fields: Sequence[tuple[str, str]]
    handler: str

    @property
    def app(self) -> str:
        return self.package.rpartition(".")[2]

    @property
    def cls(self) -> str:
        return "".join(map(str.capitalize, self.name.split("_"))) + "Event"

    @property
    def words(self) -> str:
        return self.name.replace("_", " ")

    def add_event(self, source: str) -> str:
        """Return the text of the app's events.py with the event at its end."""
        last = self.name.rpartition("_")[2]
        action = f"Action.{last.upper()}" if last in set(Action) else f'"{last}"'
        types = [f"from {TYPES[kind][0]} import {kind}" for _, kind in self.fields if TYPES[kind][0]]
        fields = "".join(f"    {name}: {kind}\n" for name, kind in self.fields)
        return _with_imports(source, *types, "from gauzy.eventbus import Action, Event, event") + (
            f'\n\n@event("{self.app}.{self.name}", subject="{self.fields[0][0]}", action={action})\n'
            f'class {self.cls}(Event):\n    """{self.words.capitalize()}: say here when that is."""\n\n{fields}'
        )

    def add_handler(self, source: str) -> str:
        """Return the text of the app's handlers.py with the handler at its end."""
        imports = [
            "import logging",
            f"from {self.package}.events import {self.cls}",
            "from gauzy.eventbus import handles",
        ]
        return _with_imports(source, *imports) + (
            f"\n\n@handles({self.cls})\ndef {self.handler}(event: {self.cls}) -> None:\n"
            f'    """Runs in a worker; what it writes to the database is written once."""\n'
            f'    logging.getLogger(__name__).info("{self.words}: %s", event.{self.fields[0][0]})\n'
        )

    def test(self) -> str:
        """Return the text of a test module."""
        values = ", ".join(f"{name}={TYPES[kind][1]}" for name, kind in self.fields)
        return _TEST.format(
            package=self.package, app=self.app, cls=self.cls, name=self.name, handler=self.handler, values=values
        )


_TEST = '''\
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import transaction

from {package}.events import {cls}
from gauzy import context
from gauzy import eventbus as bus
from gauzy.context import Actor
from gauzy.eventbus.execution import Result
from gauzy.eventbus.ids import uuid7
from gauzy.eventbus.testing import assert_published, deliver_all, only_handlers_of

pytestmark = pytest.mark.django_db


def test_{name}_reaches_{handler}(actor: Actor) -> None:
    """Better than publishing here: call the service that does, and look at what the handler made of it."""
    event = {cls}(tenant_id=uuid7(), {values})
    with only_handlers_of("{app}"), context.acting(tenant_id=event.tenant_id, actor=actor):
        with transaction.atomic():
            bus.publish(event)
        assert assert_published({cls}) == event
        assert deliver_all()[Result.DONE] == 1
'''


def _with_imports(source: str, *lines: str) -> str:
    """Return a module with these lines in front of its first import; sorting them is a formatter's work."""
    place = re.search(r"^(?:from|import) ", source, re.MULTILINE)
    start = place.start() if place else len(source)
    return source[:start] + "".join(f"{line}\n" for line in lines) + source[start:]
