"""What is wrong with this installation, in words, each with its cure.

A problem needs somebody; a note is worth knowing. Nothing costs more for a larger backlog or history.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.checks import WARNING, Tags, run_checks
from django.db import connections
from django.utils import timezone

from gauzy.eventbus.conf import bus_settings
from gauzy.eventbus.models import Delivery
from gauzy.eventbus.records import ALIAS
from gauzy.eventbus.stores import store
from gauzy.eventops import selectors
from gauzy.eventops.lag import PATIENCE, overdue
from gauzy.rest import health

LONGEST_TRANSACTION = timedelta(minutes=5)
LARGEST_DIFFERENCE = timedelta(seconds=2)  # between two machines' clocks
WORKERS_PATIENCE = 2.0  # seconds
_SHOWN = 5
_LARGEST_COUNT = 1_000


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` is stable; `cure` says what to do."""

    code: str
    text: str
    cure: str
    is_problem: bool = True


def examine() -> list[Finding]:
    """Return what was found, the most basic first. Without a database nothing else can be asked."""
    if found := list(_database()):
        return found
    return [finding for ask in _QUESTIONS for finding in ask()]


def _database() -> Iterator[Finding]:
    match health.database():
        case "unreachable":
            cure = "Start it, or correct DATABASE_URL."
            yield Finding("database_unreachable", "The database does not answer.", cure)
        case "migrations_missing":
            cure = "Run `manage.py migrate`."
            yield Finding("migrations_missing", "The database is older than this release.", cure)


def _checks() -> Iterator[Finding]:
    for message in run_checks(tags=["eventbus", Tags.database], databases=[ALIAS]):
        yield Finding(str(message.id), message.msg, message.hint or "", is_problem=message.level >= WARNING)


def _clock() -> Iterator[Finding]:
    difference = abs(timezone.now() - store().now())
    if difference > LARGEST_DIFFERENCE:
        text = f"This machine's clock and the database's differ by {difference.total_seconds():.0f} s."
        yield Finding("clocks_differ", text, "Let both keep time by NTP: what occurred when is told by this clock.")


def _broker() -> Iterator[Finding]:
    if settings.EMBEDDED_WORKER:
        return
    if health.broker() != "ok":
        cure = "Start it, or correct BROKER_URL. Workers find what is due within a second; nothing is lost."
        yield Finding("broker_unreachable", "The broker does not answer.", cure)
        return
    answers = current_app.control.inspect(timeout=WORKERS_PATIENCE).active_queues() or {}
    served = {queue["name"] for queues in answers.values() for queue in queues}
    yield from unserved(served, workers=len(answers))


def unserved(served: Iterable[str], *, workers: int) -> Iterator[Finding]:
    """Tell which queues no worker serves."""
    cure = f"celery -A gauzy worker -Q {','.join(bus_settings().QUEUES)}"
    if not workers:
        yield Finding("no_worker", "No worker answers.", f"Start one: {cure}")
    elif missing := sorted(set(bus_settings().QUEUES) - set(served)):
        yield Finding("queue_unserved", f"No worker serves {', '.join(missing)}.", f"Name every queue: {cure}")


def _overdue() -> Iterator[Finding]:
    late = sorted(set(overdue().order_by().values_list("handler", flat=True).distinct()))
    if late:
        text = f"For {_minutes(PATIENCE)} nobody has taken what is due for {_some(late)}."
        cure = "Is a worker running that serves their queues? `manage.py events stats` shows the backlog."
        yield Finding("work_not_taken", text, cure)


def _dead() -> Iterator[Finding]:
    newest = Delivery.objects.filter(dead_at__isnull=False).order_by("-dead_at")
    handlers = list(newest.values_list("handler", flat=True)[:_LARGEST_COUNT])
    if handlers:
        count = f"{len(handlers)}{' or more' if len(handlers) == _LARGEST_COUNT else ''}"
        text = f"Dead deliveries: {count}, of {_some(sorted(set(handlers)))}."
        yield Finding("dead_deliveries", text, "`manage.py events dead` shows them, `events explain` says why.")


def _paused() -> Iterator[Finding]:
    for pause in selectors.pauses():
        scope = " for one tenant or target" if pause.tenant or pause.target else ""
        text = f"{pause.handler or f'The queue {pause.queue}'} rests{scope}: {pause.reason or pause.kind}."
        until = f"It ends {pause.until:%Y-%m-%d %H:%M} UTC by itself" if pause.until else "It lasts"
        cure = f"{until}, or until `manage.py events resume {pause.handler or pause.queue}`."
        yield Finding("paused", text, cure, is_problem=False)


def _long_transactions() -> Iterator[Finding]:
    """On PostgreSQL: one that stays open holds up readers of the feed, and the cleaning that keeps claims cheap."""
    if connections[ALIAS].vendor != "postgresql":
        return
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(
            "SELECT pid, coalesce(state, ''), xact_start FROM pg_stat_activity "
            "WHERE xact_start < statement_timestamp() - %s * interval '1 second' "
            "AND pid <> pg_backend_pid() AND backend_type = %s "
            "ORDER BY xact_start LIMIT %s",
            [LONGEST_TRANSACTION.total_seconds(), "client backend", _SHOWN],
        )
        rows: list[tuple[int, str, datetime]] = cursor.fetchall()
    for pid, state, since in rows:
        text = f"A transaction of process {pid} ({state}) is open since {since:%H:%M:%S}: the feed waits for it."
        yield Finding("long_transaction", text, f"If nobody needs it: SELECT pg_terminate_backend({pid}).")


_QUESTIONS: tuple[Callable[[], Iterator[Finding]], ...] = (
    *(_checks, _clock, _broker, _overdue, _dead, _long_transactions, _paused),
)


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _minutes(length: timedelta) -> str:
    return f"{length.total_seconds() / 60:.0f} minutes"


def as_data(finding: Finding) -> dict[str, Any]:
    level = "problem" if finding.is_problem else "note"
    return {"code": finding.code, "level": level, "text": finding.text, "cure": finding.cure}
