from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class EventBusConfig(AppConfig):
    """Loads every app's `events` module, with or without handlers, before any app connects handlers."""

    name = "gauzy.eventbus"
    label = "eventbus"
    verbose_name = "Event bus"

    def ready(self) -> None:
        from gauzy.eventbus import celery_hooks, checks, deaths, failing  # noqa: F401  checks register themselves

        autodiscover_modules("events")
        celery_hooks.connect()
        failing.on_death(deaths.announce)
