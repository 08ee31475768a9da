"""`manage.py check`: what an engineer forgot, each with its cure."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, register
from django.core.checks import Warning as CheckWarning
from django.db import connections, transaction

from gauzy.eventbus.catalogue import catalogue
from gauzy.eventbus.conf import bus_settings, unknown_keys
from gauzy.eventbus.event import AnyEvent, Event, PlatformEvent
from gauzy.eventbus.event_type import derived_name
from gauzy.eventbus.handler import declared
from gauzy.eventbus.models import Delivery
from gauzy.eventbus.records import ALIAS

_DECLARES = re.compile(r"^\s*@(\w+\.)*handles(_every_event)?\(", re.MULTILINE)


@register("eventbus")
def check_settings(**_: Any) -> Iterator[CheckMessage]:
    for key in sorted(unknown_keys()):
        yield Error(f"EVENTBUS has no key {key!r}.", hint="The keys are in gauzy/eventbus/conf.py.", id="eventbus.E001")
    broker = str(getattr(settings, "CELERY_BROKER_URL", ""))
    if not broker.startswith("inprocess:") and not getattr(settings, "CELERY_DB_REUSE_MAX", None):
        yield Error(
            "CELERY_DB_REUSE_MAX is not set: Celery closes the database connection around every task.",
            hint="Set CELERY_DB_REUSE_MAX = 1000.",
            id="eventbus.E002",
        )


@register("eventbus")
def check_handlers(**_: Any) -> Iterator[CheckMessage]:
    yield from _unconnected()
    queues = bus_settings().QUEUES
    for handler in catalogue.handlers:
        if handler.queue not in queues:
            yield Error(
                f"{handler.id} uses the queue {handler.queue!r}, which nothing serves.",
                hint="Add it to EVENTBUS['QUEUES'] and to the workers' -Q.",
                id="eventbus.E004",
            )
        if handler.external and handler.queue == "default":
            yield CheckWarning(
                f"{handler.id} is external but shares the default queue, where a slow call holds others up.",
                hint="Give it queue='mail' or a queue of its own.",
                id="eventbus.W005",
            )


@register("eventbus")
def check_deprecated(**_: Any) -> Iterator[CheckMessage]:
    for handler in catalogue.handlers:
        for event_type in catalogue.events:
            if event_type.deprecated and event_type.cls in handler.events:
                yield Info(
                    f"{handler.id} handles {event_type.cls.__name__}, which is deprecated.",
                    hint=event_type.deprecated,
                    id="eventbus.I012",
                )


def _unconnected() -> Iterator[CheckMessage]:
    for config in apps.get_app_configs():
        _load_handlers(config)
    for handler in declared:
        module = handler.function.__module__
        if catalogue.find_handler(handler.id) is not handler and not module.startswith("tests."):
            yield Error(
                f"{handler.id} is declared in {module} but never connected: it would silently not run.",
                hint=f"Call bus.connect({module.rsplit('.', 1)[-1]}) in the app's AppConfig.ready().",
                id="eventbus.E003",
            )


def _load_handlers(config: AppConfig) -> None:
    """Load what nobody imports: any module of the app that declares handlers. Installed packages are left alone."""
    root = Path(config.path)
    for path in root.rglob("*.py") if "site-packages" not in root.parts else ():
        if _DECLARES.search(path.read_text()):
            names = path.relative_to(root).with_suffix("").parts
            import_module(".".join([config.name, *names]).removesuffix(".__init__"))


@register("eventbus")
def check_events(**_: Any) -> Iterator[CheckMessage]:
    declared = {event_type.cls for event_type in catalogue.events}
    for cls in [*_descendants(Event), *_descendants(PlatformEvent)]:
        if cls not in declared and not cls.__module__.startswith("tests."):
            yield Error(
                f"{cls.__qualname__} lacks @event.", hint="Decorate it, or it cannot be published.", id="eventbus.E006"
            )
    for event_type in catalogue.events:
        cls = event_type.cls
        if not cls.__name__.endswith("Event") or event_type.name.split(".")[0] != derived_name(cls).split(".")[0]:
            yield Error(
                f"{cls.__qualname__} is named {event_type.name!r}.",
                hint=f"Class names end in Event; wire names start with the app label, like {derived_name(cls)!r}.",
                id="eventbus.E007",
            )
        if not (cls.__doc__ or "").strip():
            yield Error(f"{cls.__qualname__} has no docstring.", hint="Say when it is published.", id="eventbus.E008")
        if not event_type.subject or not event_type.action:
            yield Error(
                f"{cls.__qualname__} does not say what it is about and what happened.",
                hint="Give @event(subject=..., action=...): the activity log words its rows with them.",
                id="eventbus.E009",
            )


def _descendants(cls: type[AnyEvent]) -> Iterator[type[AnyEvent]]:
    for child in cls.__subclasses__():
        yield child
        yield from _descendants(child)


@register(Tags.database)
def check_database(databases: Any = None, **_: Any) -> Iterator[CheckMessage]:
    """Reads the database: runs with `check --database default`, when migrating, and when a worker starts."""
    if ALIAS not in (databases or []):
        return
    connection = connections[ALIAS]
    if "eventbus_delivery" not in connection.introspection.table_names():
        return
    if connection.vendor == "postgresql":
        yield from _isolation()
    yield from _owed_to_unknown()


def _isolation() -> Iterator[CheckMessage]:
    """Ask a transaction like those of publishers: the level may come from Django, the role, the database or a file."""
    with transaction.atomic(using=ALIAS), connections[ALIAS].cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        (level,) = cursor.fetchone()
    if level != "read committed":
        yield Error(
            f"Transactions are {level.upper()}; the bus needs READ COMMITTED.",
            hint="Remove isolation_level from the database's OPTIONS, or reset default_transaction_isolation.",
            id="eventbus.E010",
        )


def _owed_to_unknown() -> Iterator[CheckMessage]:
    known = [handler.id for handler in catalogue.handlers]
    for name in Delivery.objects.exclude(handler__in=known).values_list("handler", flat=True).distinct()[:20]:
        yield CheckWarning(
            f"Deliveries are owed to {name}, which this release does not have.",
            hint=f"A renamed handler keeps its old id: @handles(…, id={name!r}). If it is gone, skip what it is owed.",
            id="eventbus.W011",
        )
