from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pytest_django import Settings

from gauzy.settings import base, tracing
from gauzy.telemetry import providing

EXPORTER = InMemorySpanExporter()


@pytest.fixture(scope="session")
def provider() -> TracerProvider:
    """OpenTelemetry has one in a process; no other tests have its middleware."""
    return providing.provide(SimpleSpanProcessor(EXPORTER), share=1.0, service="tests")


@pytest.fixture
def spans(provider: TracerProvider, settings: Settings) -> Iterator[InMemorySpanExporter]:
    """The spans of a test that runs with tracing's settings."""
    settings.MIDDLEWARE = tracing.MIDDLEWARE
    settings.EVENTBUS = base.EVENTBUS | {"AROUND": tracing.EVENTBUS["AROUND"]}
    providing.connect(provider)
    EXPORTER.clear()
    yield EXPORTER
    providing.disconnect()
