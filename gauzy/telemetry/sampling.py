"""Which traces are recorded: decided by the trace id alone, so that every process decides the same."""

from collections.abc import Sequence

from opentelemetry.context import Context
from opentelemetry.sdk.trace.sampling import Decision, Sampler, SamplingResult
from opentelemetry.trace import Link, SpanKind, TraceState
from opentelemetry.util.types import Attributes

_RANDOM_BITS = 48  # the highest; a correlation id is a UUIDv4 or v5, whose lower half begins with fixed bits


class ShareOfTraces(Sampler):
    """Record `share` (0 to 1) of all traces, whole ones."""

    def __init__(self, share: float) -> None:
        self._bound = round(share * (1 << _RANDOM_BITS))

    def should_sample(  # noqa: PLR0917  as OpenTelemetry has it
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        taken = trace_id >> (128 - _RANDOM_BITS) < self._bound
        return SamplingResult(Decision.RECORD_AND_SAMPLE if taken else Decision.DROP, attributes if taken else None)

    def get_description(self) -> str:
        return f"ShareOfTraces({self._bound / (1 << _RANDOM_BITS)})"
