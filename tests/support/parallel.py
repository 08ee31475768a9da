"""Tests side by side: each worker of pytest-xdist has servers of its own, and processes are killed one at a time.

A plugin rather than a conftest, because Django reads its settings before any conftest is read.
"""

import os

import pytest

SERVERS = ("DATABASE_URL", "REDIS_URL")
AS_ONE = ("celery", "chaos")  # what starts or kills processes: all of it in one worker, one after the other


def list_of(variable: str) -> str:
    """Return the variable in which tests.support.services lists the servers of all workers, in their order."""
    return f"GAUZY_TEST_{variable}S"


def choose_servers(worker: str) -> None:
    """Let this process use the servers of its worker (`gw0`, `gw1`, …); without a list it uses what is given."""
    for variable in SERVERS:
        if urls := os.environ.pop(list_of(variable), "").split():
            os.environ[variable] = urls[int(worker.removeprefix("gw"))]


if WORKER := os.environ.get("PYTEST_XDIST_WORKER"):
    choose_servers(WORKER)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Name the group of each test for `--dist loadgroup`: a file's tests stay together."""
    for item in items:
        alone = any(item.get_closest_marker(name) for name in AS_ONE)
        item.add_marker(pytest.mark.xdist_group("processes" if alone else item.nodeid.partition("::")[0]))
