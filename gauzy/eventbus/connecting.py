"""Connecting handlers: to the signals of their events, and as Celery tasks of their own names."""

from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType

from celery import shared_task
from django.apps import apps

from gauzy.eventbus.catalogue import catalogue
from gauzy.eventbus.exceptions import DeclarationError, LateRegistration
from gauzy.eventbus.handler import Handler, declared

_tasks: set[str] = set()


def connect(module: ModuleType) -> None:
    """Connect every handler declared in `module`, and if it is a package, in its submodules. For `AppConfig.ready()`.

    Later it raises `LateRegistration`; a module without handlers is a `DeclarationError`.
    """
    if apps.ready:
        raise LateRegistration(
            f"Connect {module.__name__} in its AppConfig.ready(): events may have been published already."
        )
    handlers = declared_in(module)
    if not handlers:
        raise DeclarationError(f"{module.__name__} declares no handlers: connect the module with the @handles.")
    for handler in handlers:
        add(handler)


def add(handler: Handler) -> None:
    """Make a handler known to publishers and to Celery, whose own tools then show it."""
    catalogue.add_handler(handler)
    if handler.id not in _tasks:
        _tasks.add(handler.id)
        _register_task(handler.id)


def declared_in(module: ModuleType) -> list[Handler]:
    """Return the handlers declared in `module` and its submodules, which are loaded; not those it imported."""
    prefix = f"{module.__name__}."
    for found in walk_packages(getattr(module, "__path__", ()), prefix):
        import_module(found.name)
    return [each for each in declared if f"{each.function.__module__}.".startswith(prefix)]


def _register_task(handler_id: str) -> None:
    def drain() -> None:
        from gauzy.eventbus.worker import drain_task  # noqa: PLC0415  imports models, which load after handlers

        drain_task(handler_id)

    shared_task(name=handler_id, ignore_result=True)(drain)
