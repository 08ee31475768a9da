"""An app on disk, loaded by a process of its own: what it declares is connected, or the check says so."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

EVENTS = '''from uuid import UUID

from gauzy.eventbus import Event, event


@event(action="created")
class ParcelCreatedEvent(Event):
    """A parcel came into being."""

    parcel_id: UUID
'''
HANDLER = """from depot.events import ParcelCreatedEvent
from gauzy.eventbus import handles


@handles(ParcelCreatedEvent)
def {name}(event: ParcelCreatedEvent) -> None: ...
"""
APPS = """from django.apps import AppConfig

from gauzy import eventbus as bus


class DepotConfig(AppConfig):
    name = "depot"

    def ready(self) -> None:
        from depot import {module}

        bus.connect({module})
"""
SETTINGS = 'from gauzy.settings import *\nINSTALLED_APPS = [*INSTALLED_APPS, "depot"]\n'
PROGRAM = """import django
django.setup()
from django.core.checks import run_checks
from gauzy.eventbus.catalogue import catalogue
print([each.id for each in catalogue.handlers if each.id.startswith("depot.")])
print([(each.id, each.msg, each.hint) for each in run_checks() if str(each.id).startswith("eventbus.")])
"""


@pytest.fixture
def depot(tmp_path: Path) -> Path:
    app = tmp_path / "depot"
    app.mkdir()
    write(app / "__init__.py", "")
    write(app / "events.py", EVENTS)
    write(tmp_path / "depot_settings.py", SETTINGS)
    return app


def write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def start(depot: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "depot_settings",
        "PYTHONPATH": os.pathsep.join([str(depot.parent), str(Path.cwd())]),
    }
    command = [sys.executable, "-c", PROGRAM]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_the_handlers_of_a_package_are_connected_under_the_apps_name(depot: Path) -> None:
    write(depot / "apps.py", APPS.format(module="handlers"))
    write(depot / "handlers" / "__init__.py", "")
    write(depot / "handlers" / "mail.py", HANDLER.format(name="send_mail"))
    write(depot / "handlers" / "stock.py", HANDLER.format(name="count_stock"))
    assert start(depot).stdout.splitlines() == ["['depot.count_stock', 'depot.send_mail']", "[]"]


def test_a_handler_in_a_module_that_nobody_connects_is_reported(depot: Path) -> None:
    write(depot / "apps.py", APPS.format(module="handlers"))
    write(depot / "handlers.py", HANDLER.format(name="send_mail"))
    write(depot / "reactions.py", HANDLER.format(name="count_stock"))
    connected, found = start(depot).stdout.splitlines()
    assert connected == "['depot.send_mail']"
    assert "eventbus.E003" in found
    assert "depot.count_stock is declared in depot.reactions but never connected" in found
    assert "bus.connect(reactions)" in found


def test_connecting_a_module_without_handlers_is_refused(depot: Path) -> None:
    write(depot / "apps.py", APPS.format(module="events"))
    assert "depot.events declares no handlers" in start(depot).stderr
