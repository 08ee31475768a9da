"""Whose a declaration is: the app, by the name of the module it stands in."""

from django.apps import apps

_PARTS = {"events", "handlers"}  # modules or packages of an app


def app_package(module: str) -> str:
    """The app's package: `gauzy.users` for `gauzy.users.handlers.mail`, and for `gauzy.users.models`."""
    names = module.split(".")
    for position, name in enumerate(names[1:], start=1):
        if name in _PARTS:
            return ".".join(names[:position])
    config = apps.get_containing_app_config(module) if apps.apps_ready else None
    return config.name if config else module


def app_label(module: str) -> str:
    """The app's name within wire names and handler ids: the last part of its package."""
    return app_package(module).rsplit(".", 1)[-1]
