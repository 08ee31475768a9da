"""Where events and deliveries are kept: one door, two dialects."""

from functools import cache
from typing import TYPE_CHECKING

from django.db import connections

from gauzy.eventbus.records import ALIAS

if TYPE_CHECKING:
    from gauzy.eventbus.stores.base import Store


@cache
def store() -> "Store":
    """Return the store for the bus's database. Imported late: the public face loads before models may."""
    if connections[ALIAS].vendor == "postgresql":
        from gauzy.eventbus.stores.postgresql import PostgresStore  # noqa: PLC0415  as said

        return PostgresStore()
    from gauzy.eventbus.stores.sqlite import SqliteStore  # noqa: PLC0415  as said

    return SqliteStore()
