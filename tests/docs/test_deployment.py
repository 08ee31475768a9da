"""Dockerfile and compose.yaml say what the product understands. No container engine runs here: this reads them."""

import json
import re
import subprocess
import sys
from typing import Any

import pytest
import uvicorn
import yaml
from celery.bin.worker import worker
from django.conf import settings
from django.core.management import get_commands
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.architecture.source import PACKAGES, ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
OURS = {name: service for name, service in COMPOSE["services"].items() if "build" in service}
COMMANDS = {name: service["command"] for name, service in OURS.items() if "command" in service}
PRODUCTION = (ROOT / "gauzy/settings/production.py").read_text(encoding="utf-8")
REQUIRED = re.findall(r'"([A-Z_]+)"', PRODUCTION.partition("if not env")[0])


def _instructions(name: str) -> list[str]:
    return re.findall(rf"^{name} (.+)$", DOCKERFILE.replace("\\\n", " "), re.MULTILINE)


def _requirements() -> set[str]:
    return set(re.findall(r"requirements[a-z-]*\.txt", DOCKERFILE))


def test_the_image_has_every_package_and_no_tests() -> None:
    copied = {source for line in _instructions("COPY") for source in line.split()[:-1] if not source.startswith("-")}
    assert {*PACKAGES, "manage.py"} <= copied
    assert "tests" not in copied
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    assert all(f"!{name}\n" in ignored for name in (*PACKAGES, "manage.py", *_requirements()))


def test_it_does_not_run_as_root() -> None:
    last_stage = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER gauzy$", last_stage, re.MULTILINE)


def test_the_requirements_have_the_line_that_the_image_cuts_at() -> None:
    [pattern] = re.findall(r"sed '/\^(.+?)/,\$d'", DOCKERFILE)
    runtime = re.split(rf"^{pattern}.*$", (ROOT / "requirements.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)[
        0
    ]
    assert "Django==" in runtime
    assert "pytest" not in runtime


def test_the_web_servers_command_is_understood() -> None:
    [command] = _instructions("CMD")
    program, *arguments = json.loads(command)
    assert program == "uvicorn"
    context = uvicorn.main.make_context("uvicorn", arguments)
    assert context.params["app"] == "gauzy.asgi:application"


def test_the_health_check_is_answered_under_the_host_that_is_served(
    live_server: LiveServer, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = [".desk.example"]
    [_, address] = json.loads(re.findall(r"HEALTHCHECK .* CMD (\[.+\])", DOCKERFILE)[0])
    here = address.replace("http://127.0.0.1:8000", live_server.url)
    environment = {"ALLOWED_HOSTS": ".desk.example,other.example"}
    asked = subprocess.run([sys.executable, ROOT / "tools/is-alive", here], env=environment, check=False)
    assert asked.returncode == 0


@pytest.mark.parametrize("name", COMMANDS)
def test_each_services_command_is_understood(name: str) -> None:
    program, *arguments = COMMANDS[name]
    if program == "python":
        assert arguments[0] == "manage.py"
        assert arguments[1] in get_commands()
    else:
        assert program == "celery"
        command, *options = arguments[arguments.index("worker") :]
        worker.make_context(command, options, resilient_parsing=True)


def test_every_queue_has_a_worker() -> None:
    served = ",".join(command[command.index("-Q") + 1] for command in COMMANDS.values() if "-Q" in command)
    assert sorted(served.split(",")) == sorted(settings.EVENTBUS["QUEUES"])


def test_compose_gives_what_production_requires() -> None:
    assert len(REQUIRED) >= 6
    for service in OURS.values():
        assert set(REQUIRED) | {"REDIS_URL"} <= set(service["environment"])
