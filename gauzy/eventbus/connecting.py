"""Connecting handlers: to the signals of their events, and as Celery tasks of their own names."""

from types import ModuleType

from celery import shared_task
from django.apps import apps

from gauzy.eventbus.catalogue import catalogue
from gauzy.eventbus.exceptions import LateRegistration
from gauzy.eventbus.handler import Handler, marked

_tasks: set[str] = set()


def connect(module: ModuleType) -> None:
    """Connect every handler that `module` declares. For `AppConfig.ready()`; later it raises `LateRegistration`."""
    if apps.ready:
        raise LateRegistration(
            f"Connect {module.__name__} in its AppConfig.ready(): events may have been published already."
        )
    for handler in declared_in(module):
        add(handler)


def add(handler: Handler) -> None:
    """Make a handler known to publishers and to Celery, whose own tools then show it."""
    catalogue.add_handler(handler)
    if handler.id not in _tasks:
        _tasks.add(handler.id)
        _register_task(handler.id)


def declared_in(module: ModuleType) -> list[Handler]:
    """Return the handlers declared in `module` itself, not those it imported."""
    found = (marked(value) for value in vars(module).values() if getattr(value, "__module__", "") == module.__name__)
    return [handler for handler in found if handler]


def _register_task(handler_id: str) -> None:
    def drain() -> None:
        from gauzy.eventbus.worker import drain_task  # noqa: PLC0415  imports models, which load after handlers

        drain_task(handler_id)

    shared_task(name=handler_id, ignore_result=True)(drain)
