from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from gauzy.rest.scopes import known_scopes
from tests.access.checks import World
from tests.access.keys import Keyring
from tests.factories.world import furnished_company


@pytest.fixture(scope="module")
def furnished_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Make the world once for a module: what a test does in it is rolled back to here."""
    unlimited = override_settings(THROTTLE_RATES=dict.fromkeys(settings.THROTTLE_RATES))
    outermost = transaction.atomic()
    outermost._from_testcase = True  # type: ignore[attr-defined]  # as Django's TestCase says it: not part of the work
    with django_db_blocker.unblock(), unlimited, outermost:
        yield World(furnished_company("Acme"), furnished_company("Rival"))
        transaction.set_rollback(True)


@pytest.fixture
def world(furnished_world: World, db: None) -> World:
    return furnished_world


@pytest.fixture(scope="module")
def furnished_keys(furnished_world: World, django_db_blocker: DjangoDbBlocker) -> Keyring:
    """Make the keys before a test, whose end would roll them back."""
    keys = Keyring(furnished_world)
    with django_db_blocker.unblock():
        assert keys.of_role
        assert keys.useless
        for scope in known_scopes():
            keys.key(scope)
            keys.without(scope)
    return keys


@pytest.fixture
def keys(furnished_keys: Keyring, world: World) -> Keyring:
    return furnished_keys
