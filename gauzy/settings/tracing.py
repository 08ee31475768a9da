"""Spans: loaded only where `OTEL_EXPORTER_OTLP_ENDPOINT` says where to send them."""

from gauzy.settings import base
from gauzy.settings.base import env

_after = base.MIDDLEWARE.index("gauzy.rest.middleware.RequestIdMiddleware") + 1

INSTALLED_APPS = [*base.INSTALLED_APPS, "gauzy.telemetry"]
MIDDLEWARE = [*base.MIDDLEWARE[:_after], "gauzy.telemetry.middleware.TraceMiddleware", *base.MIDDLEWARE[_after:]]
EVENTBUS = {**base.EVENTBUS, "AROUND": "gauzy.telemetry.spans.attempt"}
OTEL_SERVICE_NAME: str = env.str("OTEL_SERVICE_NAME", default="gauzy")
TRACE_SHARE: float = env.float("TRACE_SHARE", default=1.0)  # of all traces, 0 to 1; a trace is recorded whole or not
