"""The spans of the bus: one for each event published, one for each attempt of a handler."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, StatusCode

from gauzy import context
from gauzy.eventbus import Metadata
from gauzy.eventbus.catalogue import catalogue
from gauzy.eventbus.event import AnyEvent
from gauzy.eventbus.exceptions import LeaseLost, Skip
from gauzy.telemetry.ids import named_by, published_as

tracer = trace.get_tracer("gauzy")


def record_publish(*, event: AnyEvent, event_id: UUID, **_: Any) -> None:
    """Receive the bus's `committed`: a span from the publish to the commit, in the trace of the work that published."""
    if not (trace.get_current_span().get_span_context().is_valid or context.find()):
        return  # committed outside any work: whose trace it is cannot be known any more
    name = catalogue.type_of(event).name
    attributes = {
        "messaging.system": "gauzy",
        "messaging.operation.type": "send",
        "messaging.destination.name": name,
        "messaging.message.id": str(event_id),
        "gauzy.tenant_id": str(event.tenant_id),
    }
    milliseconds = event_id.int >> 80  # as UUIDv7 has it
    with named_by(event_id):
        span = tracer.start_span(
            f"publish {name}", kind=SpanKind.PRODUCER, attributes=attributes, start_time=milliseconds * 1_000_000
        )
    span.end()


@contextmanager
def attempt(meta: Metadata) -> Iterator[None]:
    """Be the bus's `AROUND`: a span for one attempt, the child of its event's publish."""
    parent = trace.set_span_in_context(published_as(meta.event_id, meta.correlation_id), Context())
    with tracer.start_as_current_span(
        f"handle {meta.handler}",
        context=parent,
        kind=SpanKind.CONSUMER,
        attributes=_attributes(meta),
        record_exception=False,  # its text quotes people's data
        set_status_on_exception=False,
    ) as span:
        try:
            yield
        except (Skip, LeaseLost) as ended:
            span.set_attribute("gauzy.outcome", "skipped" if isinstance(ended, Skip) else "gone")
            raise
        except Exception as error:
            _fail(span, error)
            raise


def _attributes(meta: Metadata) -> dict[str, str | int]:
    return {
        "messaging.system": "gauzy",
        "messaging.operation.type": "process",
        "messaging.destination.name": meta.name,
        "messaging.message.id": str(meta.event_id),
        "gauzy.tenant_id": str(meta.tenant_id),
        "gauzy.handler": meta.handler,
        "gauzy.target": meta.target,
        "gauzy.attempt": meta.attempt,
        "gauzy.generation": meta.generation,
    }


def _fail(span: Span, error: Exception) -> None:
    span.set_status(StatusCode.ERROR)
    span.set_attribute("error.type", type(error).__qualname__)
