"""`manage.py serve` as a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from gauzy.eventops.sockets import address, listen

pytestmark = [pytest.mark.celery, pytest.mark.sqlite]


def manage(*arguments: str) -> list[str]:
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"REDIS_URL", "BROKER_URL", "PUBLIC_URL"}}
    environment = kept | {"DATABASE_URL": f"sqlite:///{tmp_path / 'serve.sqlite3'}"}
    subprocess.run(manage("migrate", "--verbosity=0"), env=environment, check=True)
    return environment


@contextmanager
def serving(environment: dict[str, str], *options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """Yield the running process, and what it printed about itself: label -> value."""
    command = manage("serve", *options)
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process, _addresses(process)
        finally:
            process.kill()


def _addresses(process: subprocess.Popen[str]) -> dict[str, str]:
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Ctrl-C"):
            return {label: rest.strip() for label, _, rest in (line.partition(": ") for line in lines)}
    raise AssertionError("".join(lines))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_answers_where_it_says_and_stops_when_asked(environment: dict[str, str], number: signal.Signals) -> None:
    with serving(environment) as (process, addresses):
        assert httpx.get(addresses["Health"]).status_code == 200
        assert httpx.get(addresses["Admin"], follow_redirects=True).status_code == 200
        assert httpx.get(addresses["API documentation"]).status_code == 200
        process.send_signal(number)
        assert process.wait(15) == 0


def test_static_files_are_served(environment: dict[str, str]) -> None:
    with serving(environment) as (_, addresses):
        css = httpx.get(addresses["Admin"]).url.join("/static/admin/css/base.css")
        assert httpx.get(css).status_code == 200


def test_a_taken_default_port_gives_way_to_the_next(environment: dict[str, str]) -> None:
    with listen("127.0.0.1", 8000, or_next=True) as taken, serving(environment) as (_, addresses):
        assert httpx.URL(addresses["Health"]).port != address(taken)[1]
        assert httpx.get(addresses["Health"]).status_code == 200


def test_a_chosen_port_that_is_taken_is_refused_with_the_remedy(environment: dict[str, str]) -> None:
    with listen("127.0.0.1", 8000, or_next=True) as taken:
        command = manage("serve", "--port", str(address(taken)[1]))
        refused = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "taken" in refused.stderr
    assert "--port" in refused.stderr
