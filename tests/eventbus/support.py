"""Helpers of the bus's own tests."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def undone() -> Iterator[None]:
    """A transaction, or a savepoint in one, that is rolled back at its end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
