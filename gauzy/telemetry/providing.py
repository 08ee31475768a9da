"""The tracer provider of a process: our ids, our sampling, whatever exporter it is given."""

from celery import signals
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider

from gauzy.eventbus.after_commit import committed
from gauzy.telemetry.ids import GauzyIds
from gauzy.telemetry.sampling import ShareOfTraces
from gauzy.telemetry.spans import record_publish

_UID = "gauzy.telemetry"


def provide(processor: SpanProcessor, *, share: float, service: str) -> TracerProvider:
    """Make this process's spans go to `processor`: for good, as OpenTelemetry has one provider in a process."""
    resource = Resource.create({"service.name": service})
    provider = TracerProvider(sampler=ShareOfTraces(share), resource=resource, id_generator=GauzyIds())
    provider.add_span_processor(processor)
    trace.set_tracer_provider(provider)
    return provider


def connect(provider: TracerProvider) -> None:
    """Hear of publishes, and send what is left when a worker's process ends."""
    committed.connect(record_publish, weak=False, dispatch_uid=_UID)

    def flush(**_: object) -> None:
        provider.force_flush()

    signals.worker_process_shutdown.connect(flush, weak=False, dispatch_uid=_UID)


def disconnect() -> None:
    """Hear of nothing any more."""
    committed.disconnect(dispatch_uid=_UID)
    signals.worker_process_shutdown.disconnect(dispatch_uid=_UID)
