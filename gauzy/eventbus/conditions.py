"""Asking a handler's `when=` in the publisher's transaction, of which it must leave no trace."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, NoReturn

from django.db import connections

from gauzy.eventbus.event import AnyEvent
from gauzy.eventbus.exceptions import ImpureCondition


def asked(condition: Callable[[Any], bool], event: AnyEvent) -> bool:
    """Return the condition's answer; raise `ImpureCondition` in place of any query, on whatever database."""
    doomed = [(connection, connection.needs_rollback) for connection in connections.all()]
    with ExitStack() as guarded:
        for connection, needs_rollback in doomed:
            guarded.callback(setattr, connection, "needs_rollback", needs_rollback)  # a refused save() sets it
            guarded.enter_context(connection.execute_wrapper(_refuse))
        return bool(condition(event))


def _refuse(execute: object, sql: str, *_: object) -> NoReturn:
    raise ImpureCondition(
        f"A handler's condition (when=) is a pure function of the event; this one wanted to run: {sql[:200]}. "
        "Ask such questions in the handler, and raise Skip."
    )
