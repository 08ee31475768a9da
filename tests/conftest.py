"""What every test gets: a database of its own run, quick passwords, no context left over, honest skips."""

import os
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test.utils import override_settings

from gauzy import context
from gauzy.context import Actor, ActorKind
from gauzy.eventbus.ids import uuid7
from tests.support.browsers import missing_for_browser_tests

ON_SERVICES = os.environ.get("GAUZY_TEST_SERVICES") == "required"


def _missing(marker: str) -> str | None:
    """Return why a test with this marker cannot run here, and how to make it run; None if it can."""
    if marker == "postgres" and connection.vendor != "postgresql":
        return "needs PostgreSQL: run it with `make test`, or with DATABASE_URL"
    if marker == "sqlite" and connection.vendor != "sqlite":
        return "needs SQLite: run it without DATABASE_URL"
    if marker == "redis" and not os.environ.get("REDIS_URL"):
        return "needs Redis: run it with `make test`, or with REDIS_URL"
    if marker == "amqp" and not os.environ.get("AMQP_URL"):
        return "needs RabbitMQ: run it with AMQP_URL"
    if marker == "browser":
        return missing_for_browser_tests()
    return None


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers():
        if reason := _missing(marker.name):
            if ON_SERVICES and marker.name in {"postgres", "redis"}:
                pytest.fail(f"{reason} (GAUZY_TEST_SERVICES=required: not a reason to skip)", pytrace=False)
            pytest.skip(reason)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """On SQLite each run has a database file of its own, so that two runs may go on at the same time."""
    if connection.vendor == "sqlite":
        settings.DATABASES["default"]["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True)
def no_context_left_over() -> Iterator[None]:
    """Work outside any context starts and ends every test."""
    yield
    assert context.find() is None, "The test left a context behind: enter it with a `with` block."


@pytest.fixture(autouse=True)
def nothing_counted_yet() -> None:
    """Throttles count in the cache, and every test comes from the same address."""
    cache.clear()


@pytest.fixture
def actor() -> Actor:
    return Actor(ActorKind.USER, "Tess Tester", uuid7())
