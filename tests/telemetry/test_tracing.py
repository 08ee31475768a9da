"""A request, what it publishes, what handlers do in other processes, and what those publish: one trace."""

import subprocess
import sys
import threading
from uuid import UUID, uuid4

import pytest
from celery import current_app
from django.db import connections, transaction
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.trace import SpanKind, StatusCode

from gauzy import context
from gauzy import eventbus as bus
from gauzy.context import Actor
from gauzy.eventbus import Metadata
from gauzy.eventbus.models import StoredEvent
from gauzy.eventbus.testing import connected, deliver_all, only_handlers_of
from gauzy.organizations.events import OrganizationCreatedEvent
from gauzy.telemetry.sampling import ShareOfTraces
from tests.architecture.source import ROOT
from tests.eventbus.events import ThingCreatedEvent, ThingUpdatedEvent
from tests.factories.platform import new_owner, token_client

pytestmark = pytest.mark.django_db(transaction=True)

Spans = InMemorySpanExporter


@bus.handles(OrganizationCreatedEvent, id="tracingtests.furnish")
def furnish(event: OrganizationCreatedEvent) -> None:
    bus.publish(ThingUpdatedEvent(thing_id=event.organization_id))


@bus.handles(ThingUpdatedEvent, id="tracingtests.look")
def look(event: ThingUpdatedEvent) -> None: ...


@bus.handles(ThingCreatedEvent, id="tracingtests.fail")
def fail(event: ThingCreatedEvent, meta: Metadata) -> None:
    if meta.attempt == 1:
        raise ValueError(f"no room for {event.owner}")
    raise bus.Skip("full")


def in_a_worker(*tasks: str) -> None:
    """Run Celery tasks as a worker does: in a thread that knows nothing of the publisher's."""

    def run() -> None:
        for task in tasks:
            current_app.tasks[task].apply()
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def by_name(spans: Spans) -> dict[str, ReadableSpan]:
    return {span.name: span for span in spans.get_finished_spans()}


def span_id(span: ReadableSpan) -> int:
    assert span.context is not None
    return int(span.context.span_id)


def trace_ids(spans: Spans) -> set[UUID]:
    return {UUID(int=span.context.trace_id) for span in spans.get_finished_spans() if span.context}


def test_a_request_and_all_it_sets_off_are_one_trace(spans: Spans) -> None:
    client = token_client(new_owner())
    spans.clear()
    with only_handlers_of("tracingtests"), connected(furnish, look):
        answer = client.post("/api/v1/organizations", {"name": "Second"})
        in_a_worker("tracingtests.furnish", "tracingtests.look")
    names = [
        "POST /api/v1/organizations",
        "publish organizations.organization_created",
        "handle tracingtests.furnish",
        "publish bustests.thing_updated",
        "handle tracingtests.look",
    ]
    found = by_name(spans)
    assert sorted(found) == sorted(names)
    chain = [found[name] for name in names]
    assert [span.parent and span.parent.span_id for span in chain] == [None, *map(span_id, chain[:-1])]
    assert trace_ids(spans) == {UUID(answer["X-Request-ID"])}
    assert [span.kind for span in chain[:3]] == [SpanKind.SERVER, SpanKind.PRODUCER, SpanKind.CONSUMER]


def test_a_span_of_a_request_says_how_it_ended_and_no_id(spans: Spans) -> None:
    token_client(new_owner()).get(f"/api/v1/employees/{uuid4()}")
    [span] = [span for span in spans.get_finished_spans() if span.kind is SpanKind.SERVER]
    assert span.name == "GET /api/v1/employees/<uuid:employee_id>"
    assert dict(span.attributes or {}) == {
        "http.request.method": "GET",
        "http.route": "/api/v1/employees/<uuid:employee_id>",
        "http.response.status_code": 404,
    }


def test_a_callers_trace_goes_on(spans: Spans) -> None:
    trace_id, caller = uuid4(), "00f067aa0ba902b7"
    answer = token_client(new_owner()).get("/api/v1/me", headers={"traceparent": f"00-{trace_id.hex}-{caller}-01"})
    span = by_name(spans)["GET /api/v1/me"]
    assert answer["X-Request-ID"] == str(trace_id)
    assert span.parent is not None
    assert (span.parent.trace_id, span.parent.span_id) == (trace_id.int, int(caller, 16))


def test_a_callers_trace_is_linked_if_it_names_the_request_otherwise(spans: Spans) -> None:
    trace_id, request_id = uuid4(), uuid4()
    headers = {"traceparent": f"00-{trace_id.hex}-00f067aa0ba902b7-01", "X-Request-ID": str(request_id)}
    token_client(new_owner()).get("/api/v1/me", headers=headers)
    span = by_name(spans)["GET /api/v1/me"]
    assert span.context is not None
    assert (span.parent, span.context.trace_id) == (None, request_id.int)
    assert [link.context.trace_id for link in span.links] == [trace_id.int]


def test_each_attempt_is_a_span_that_says_what_failed_and_nothing_of_its_text(spans: Spans, actor: Actor) -> None:
    with only_handlers_of("tracingtests"), connected(fail):
        with context.acting(tenant_id=uuid4(), actor=actor), transaction.atomic():
            bus.publish(ThingCreatedEvent(thing_id=uuid4(), owner="Ada Lovelace"))
        stored = StoredEvent.objects.get()
        deliver_all(expect_failures=True)
        deliver_all(now=stored.recorded_at.replace(year=stored.recorded_at.year + 1))
    first, second = (span for span in spans.get_finished_spans() if span.kind is SpanKind.CONSUMER)
    assert trace_ids(spans) == {stored.correlation_id}
    assert (first.status.status_code, (first.attributes or {})["error.type"]) == (StatusCode.ERROR, "ValueError")
    assert not first.events
    assert "Lovelace" not in first.to_json()
    assert (second.status.status_code, (second.attributes or {})["gauzy.outcome"]) == (StatusCode.UNSET, "skipped")
    assert [(span.attributes or {})["gauzy.attempt"] for span in (first, second)] == [1, 2]


def test_what_is_rolled_back_leaves_no_span(spans: Spans, actor: Actor) -> None:
    with context.acting(tenant_id=uuid4(), actor=actor), transaction.atomic():
        bus.publish(ThingCreatedEvent(thing_id=uuid4()))
        transaction.set_rollback(True)
    assert spans.get_finished_spans() == ()


@pytest.mark.parametrize(("share", "least", "most"), [(0.0, 0, 0), (0.25, 150, 350), (1.0, 1_000, 1_000)])
def test_a_share_of_the_traces_is_recorded_whole_ones(share: float, least: int, most: int) -> None:
    ids = [(number * 0x9E3779B97F4A7C15F39CC0605CEDC835) % (1 << 128) for number in range(1, 1_001)]
    taken = [ShareOfTraces(share).should_sample(None, trace_id, "any").decision for trace_id in ids]
    again = [ShareOfTraces(share).should_sample(None, trace_id, "other").decision for trace_id in ids]
    assert taken == again
    assert least <= taken.count(Decision.RECORD_AND_SAMPLE) <= most


WITHOUT = "import django, sys; django.setup(); import gauzy.urls; print([n for n in sys.modules if 'telemetry' in n])"


@pytest.mark.sqlite  # once is enough
def test_nothing_of_it_is_loaded_unless_it_is_asked_for() -> None:
    environment = {"DJANGO_SETTINGS_MODULE": "gauzy.settings", "DATABASE_URL": "sqlite://:memory:"}
    run = subprocess.run([sys.executable, "-c", WITHOUT], env=environment, cwd=ROOT, capture_output=True, check=True)
    assert run.stdout.decode().strip() == "[]"


@pytest.mark.sqlite  # once is enough
def test_who_asks_for_it_without_its_packages_is_told_what_to_install() -> None:
    environment = {"DATABASE_URL": "sqlite://:memory:", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}
    block = "import sys; sys.modules['opentelemetry.exporter'] = None; "
    start = "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'gauzy.settings'; import django; django.setup()"
    run = subprocess.run(
        [sys.executable, "-c", block + start], env=environment, cwd=ROOT, capture_output=True, check=False
    )
    assert run.returncode == 1
    assert b"pip install -r requirements-tracing.txt" in run.stderr
