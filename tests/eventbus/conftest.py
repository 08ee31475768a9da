from collections.abc import Iterator
from uuid import UUID

import pytest

from gauzy import context
from gauzy.eventbus.ids import uuid7
from gauzy.eventbus.testing import only_handlers_of


@pytest.fixture
def tenant_id() -> UUID:
    return uuid7()


@pytest.fixture(autouse=True)
def nobody_else_listens() -> Iterator[None]:
    """Handlers of every event would hear the suite's own, and be counted."""
    with only_handlers_of("bustests"):
        yield


@pytest.fixture(autouse=True)
def acting(tenant_id: UUID) -> Iterator[context.Context]:
    """Every test here acts as a user of one tenant."""
    actor = context.Actor(context.ActorKind.USER, "Ada Lovelace", uuid7())
    with context.acting(tenant_id=tenant_id, actor=actor) as entered:
        yield entered
