"""`python -m tests.support.services -- COMMAND`."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

SHOW = "import os; print(*(os.environ[n] for n in ('DATABASE_URL', 'REDIS_URL', 'GAUZY_TEST_SERVICES')), flush=True)"
WAIT = f"{SHOW}; import time; time.sleep(60)"


def services(code: str) -> list[str]:
    """Return the command that runs Python `code` with services."""
    return [sys.executable, "-m", "tests.support.services", "--", sys.executable, "-c", code]


def without_servers() -> dict[str, str]:
    """Return the environment without the servers of this run, and without the worker that would choose among others."""
    ours = {"DATABASE_URL", "REDIS_URL", "PYTEST_XDIST_WORKER"}
    return {name: value for name, value in os.environ.items() if name not in ours}


def listens(url: str) -> bool:
    match = re.search(r":(\d+)/", url)
    assert match, url
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", int(match[1]))) == 0


def wait_until_silent(*urls: str) -> None:
    deadline = time.monotonic() + 10
    while any(map(listens, urls)):
        assert time.monotonic() < deadline, f"still listening: {urls}"
        time.sleep(0.02)


def test_given_servers_are_used_untouched() -> None:
    given = {"DATABASE_URL": "postgres://somewhere/x", "REDIS_URL": "redis://elsewhere/1"}
    run = subprocess.run(services(SHOW), env={**os.environ, **given}, capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "postgres://somewhere/x redis://elsewhere/1 required"


def test_each_worker_gets_servers_of_its_own() -> None:
    show = f"from tests.support.parallel import choose_servers; choose_servers('gw1'); {SHOW}"
    environment = {**without_servers(), "JOBS": "2"}
    run = subprocess.run(services(show), env=environment, capture_output=True, text=True, check=True)
    started = [line.rpartition(", ")[2] for line in run.stdout.splitlines() if " started for this run: " in line]
    assert run.stdout.splitlines()[-1] == f"{' '.join(started)} required"


def test_the_exit_status_is_the_commands() -> None:
    given = {"DATABASE_URL": "postgres://somewhere/x", "REDIS_URL": "redis://elsewhere/1"}
    assert (
        subprocess.run(services("exit(7)"), env={**os.environ, **given}, capture_output=True, check=False).returncode
        == 7
    )


@pytest.fixture
def folder() -> Iterator[str]:
    """Where a killed wrapper leaves what it could not remove; open, as PostgreSQL may run as another user."""
    with tempfile.TemporaryDirectory() as path:
        Path(path).chmod(0o711)
        yield path


@pytest.mark.chaos
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_no_server_outlives_the_wrapper(number: signal.Signals, folder: str) -> None:
    environment = without_servers() | {"TMPDIR": folder}
    with subprocess.Popen(services(WAIT), env=environment, stdout=subprocess.PIPE, text=True) as wrapper:
        assert wrapper.stdout is not None
        postgres, redis, _ = next(line for line in wrapper.stdout if not line.startswith("--")).split()
        assert listens(postgres)
        assert listens(redis)
        wrapper.send_signal(number)
        wrapper.wait(15)
    wait_until_silent(postgres, redis)
