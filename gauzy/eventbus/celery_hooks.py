"""What a Celery worker process does for the bus: checks the database, sweeps, hands back at its end what it holds."""

from collections.abc import Sequence
from typing import Any

from celery import current_app, signals

from gauzy.eventbus import inprocess, starting, sweeping
from gauzy.eventbus.stopping import stopping


def connect() -> None:
    """Connect to Celery's worker signals, which are sent in worker processes only."""
    inprocess.register()
    signals.worker_init.connect(check_database, weak=False, dispatch_uid="eventbus")
    signals.worker_process_init.connect(_start_sweeping, weak=False, dispatch_uid="eventbus")
    signals.worker_ready.connect(_start_sweeping_without_fork, weak=False, dispatch_uid="eventbus")
    signals.worker_shutting_down.connect(_stop_worker, weak=False, dispatch_uid="eventbus")
    signals.worker_process_shutdown.connect(_stop, weak=False, dispatch_uid="eventbus")


def served_queues() -> Sequence[str]:
    """Return the queues this worker consumes (`-Q`)."""
    return list(current_app.amqp.queues.consume_from)


def check_database(**_: Any) -> None:
    starting.require_sound_database()


def _start_sweeping(**_: Any) -> None:
    """In each prefork child: the parent's loop is stuck while the broker is away, and its pool is not thread-safe."""
    stopping.clear()
    sweeping.start_sweeping(served_queues)


def _start_sweeping_without_fork(sender: Any, **_: Any) -> None:
    if not type(sender.pool).__module__.endswith("prefork"):
        _start_sweeping()


def _stop(**_: Any) -> None:
    stopping.set()


def _stop_worker(**_: Any) -> None:
    stopping.set_for_worker()
