from collections.abc import Iterator
from uuid import UUID

import pytest

from gauzy import context
from gauzy.eventbus.ids import uuid7
from gauzy.eventbus.testing import connected, only_handlers_of
from tests.eventops import events
from tests.eventops.parcels import ADA


@pytest.fixture
def tenant_id() -> UUID:
    return uuid7()


@pytest.fixture
def parcels() -> Iterator[None]:
    """The handlers of parcels, and no others."""
    handlers = (events.carry, events.insure, events.drive, events.stamp, events.thank)
    with only_handlers_of("opstests"), connected(*handlers):
        yield


@pytest.fixture
def acting(tenant_id: UUID) -> Iterator[None]:
    with context.acting(tenant_id=tenant_id, actor=ADA):
        yield
