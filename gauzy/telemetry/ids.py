"""Our ids as OpenTelemetry's: a trace is all work of one correlation; an event's span is named by the event."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

from gauzy import context

_LOW_HALF = (1 << 64) - 1
_next_span_id: ContextVar[int | None] = ContextVar("gauzy_next_span_id", default=None)


class GauzyIds(RandomIdGenerator):
    """A trace begun here has the correlation id of the work in hand; random where there is none."""

    def generate_trace_id(self) -> int:
        acting = context.find()
        return acting.correlation_id.int if acting else super().generate_trace_id()

    def generate_span_id(self) -> int:
        return _next_span_id.get() or super().generate_span_id()

    def is_trace_id_random(self) -> bool:
        return False  # a client may choose its request's id


@contextmanager
def named_by(event_id: UUID) -> Iterator[None]:
    """Let the span started in this block have the id that `published_as` tells every other process."""
    token = _next_span_id.set(_span_id(event_id))
    try:
        yield
    finally:
        _next_span_id.reset(token)


def published_as(event_id: UUID, correlation_id: UUID) -> NonRecordingSpan:
    """Return the span of an event's publish, of whatever process, to be a parent."""
    flags = TraceFlags(TraceFlags.SAMPLED)  # not heeded: see `sampling`
    return NonRecordingSpan(SpanContext(correlation_id.int, _span_id(event_id), is_remote=True, trace_flags=flags))


def _span_id(event_id: UUID) -> int:
    return event_id.int & _LOW_HALF  # of a UUIDv7 these are random, and never zero
