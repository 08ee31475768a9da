"""A span for each request, named by its route, which has no ids and no tokens in it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from gauzy import context
from gauzy.telemetry.spans import tracer

METHODS = {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}


class TraceMiddleware:
    """Stands right inside `RequestIdMiddleware`, whose correlation id is the trace's id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        method = request.method if request.method in METHODS else "_OTHER"
        parent, links = _caller(request)
        with tracer.start_as_current_span(
            str(method),
            context=parent,
            kind=SpanKind.SERVER,
            links=links,
            attributes={"http.request.method": str(method)},
            record_exception=False,
        ) as span:
            response = self.get_response(request)
            _describe(span, f"{method}", request, response)
        return response


def _caller(request: HttpRequest) -> tuple[Context, list[Link]]:
    """Continue the caller's trace if it is this request's; else link to it."""
    carried = TraceContextTextMapPropagator().extract(request.headers, Context())
    caller = trace.get_current_span(carried).get_span_context()
    if caller.is_valid and caller.trace_id != context.current().correlation_id.int:
        return Context(), [Link(caller)]
    return carried, []


def _describe(span: Span, method: str, request: HttpRequest, response: HttpResponse) -> None:
    if request.resolver_match:
        route = f"/{request.resolver_match.route}"
        span.update_name(f"{method} {route}")
        span.set_attribute("http.route", route)
    span.set_attribute("http.response.status_code", response.status_code)
    if response.status_code >= 500:
        span.set_status(StatusCode.ERROR)
