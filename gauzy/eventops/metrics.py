"""How the bus fares, for Prometheus: one page of figures, the same from whatever process is asked.

No figure costs more for a larger backlog or history (stats.py); a count that reads 10000 means that, or more.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gauzy.eventops.lag import check_lag
from gauzy.eventops.pace import failing_by_handler, p95_by_handler
from gauzy.eventops.stats import HandlerStats, handler_stats

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_HELP = {
    "gauzy_bus_waiting": "Deliveries that wait, of a handler",
    "gauzy_bus_running": "Deliveries that a worker has now",
    "gauzy_bus_failing": "Deliveries that failed and will be tried again",
    "gauzy_bus_dead": "Deliveries that were given up and wait for somebody's decision",
    "gauzy_bus_lag_seconds": "How long the oldest waiting delivery has been owed; 0 if none waits",
    "gauzy_bus_paused": "1 while the whole handler rests",
    "gauzy_bus_done_last_hour": "Deliveries done in the last hour",
    "gauzy_bus_duration_p95_seconds": "What 95 of 100 of the newest 200 runs took at most; 0.01 where they are quicker",
}
_LAGGING = "gauzy_bus_lagging"
Sample = tuple[str, str, float]  # name, handler, value


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer whoever has METRICS_TOKEN as bearer token; for others, and without such a setting, there is no page."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    wanted: str = settings.METRICS_TOKEN
    if not wanted or scheme.lower() != "bearer" or not constant_time_compare(token.strip(), wanted):
        raise Http404
    return HttpResponse(exposition(), content_type=CONTENT_TYPE)


def exposition() -> str:
    """Return every figure in Prometheus' text format."""
    failing, took = failing_by_handler(), p95_by_handler()
    rows = handler_stats()
    samples = [sample for row in rows for sample in _of_handler(row, failing[row.handler], took.get(row.handler))]
    lines = [line for name, text in _HELP.items() for line in _metric(name, text, samples)]
    lagging = int(check_lag() != "ok")
    head = [f"# HELP {_LAGGING} 1 if something was due for five minutes and nobody took it", f"# TYPE {_LAGGING} gauge"]
    return "\n".join([*head, f"{_LAGGING} {lagging}", *lines, ""])


def _of_handler(row: HandlerStats, failing: int, took: int | None) -> Iterator[Sample]:
    yield "gauzy_bus_waiting", row.handler, row.waiting
    yield "gauzy_bus_running", row.handler, row.running
    yield "gauzy_bus_failing", row.handler, failing
    yield "gauzy_bus_dead", row.handler, row.dead
    yield "gauzy_bus_lag_seconds", row.handler, (row.lag or timedelta()).total_seconds()
    yield "gauzy_bus_paused", row.handler, int(bool(row.paused))
    yield "gauzy_bus_done_last_hour", row.handler, row.done_last_hour
    if took is not None:
        yield "gauzy_bus_duration_p95_seconds", row.handler, max(took, 10) / 1000


def _metric(name: str, text: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} gauge"
    for of, handler, value in samples:
        if of == name:
            yield f'{name}{{handler="{_escaped(handler)}"}} {value:g}'


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
