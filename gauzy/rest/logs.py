"""What every line of the log tells beside its message."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from gauzy import context

REQUEST_FIELDS = ("method", "route", "status", "duration_ms")  # of the line that each request leaves


class ContextFilter(logging.Filter):
    """Give every record the correlation id of the work in hand: a request's id, in whatever process it goes on."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.acting = acting = context.find()
        record.correlation_id = acting.correlation_id if acting else "-"
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a line. Tenant, actor, correlation, event and handler are those of the work in hand.

    The actor's label is left out: it is a name, and logs travel further than the database.
    """

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(dict(self._fields(record)), default=str, ensure_ascii=False)

    def _fields(self, record: logging.LogRecord) -> Iterator[tuple[str, Any]]:
        yield "time", datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        yield "level", record.levelname
        yield "logger", record.name
        yield "message", record.getMessage()
        if acting := getattr(record, "acting", None):
            yield from _of_context(acting)
        yield from ((name, vars(record)[name]) for name in REQUEST_FIELDS if name in vars(record))
        if record.exc_info:
            yield "exception", self.formatException(record.exc_info)


def _of_context(acting: context.Context) -> Iterator[tuple[str, str]]:
    known = {
        "correlation_id": acting.correlation_id,
        "tenant_id": acting.tenant_id,
        "actor_kind": acting.actor.kind,
        "actor_id": acting.actor.id,
        "on_behalf_of_id": acting.actor.on_behalf_of_id,
        "event_id": acting.causation_id,
        "handler": acting.handler,
    }
    return ((name, str(value)) for name, value in known.items() if value)
