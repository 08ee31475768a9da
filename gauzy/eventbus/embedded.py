"""A Celery worker inside the web process, for installations without a broker: the truth is in the database."""

import threading

from celery import current_app
from celery.app import app_or_default
from celery.worker import WorkController, state

from gauzy.eventbus import celery_hooks, inprocess, sweeping
from gauzy.eventbus.conf import bus_settings
from gauzy.eventbus.stopping import stopping

STOP_TIMEOUT = 5.0  # seconds


class EmbeddedWorker:
    """A Celery `WorkController` in a daemon thread, serving every queue. Killing the process loses nothing owed."""

    def __init__(self, concurrency: int = 2) -> None:
        current_app.amqp.queues.select(list(bus_settings().QUEUES))
        self._controller = WorkController(
            app=app_or_default(),
            pool="threads",
            concurrency=concurrency,
            hostname="embedded@localhost",
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
        )
        self._thread = threading.Thread(target=self._controller.start, name="embedded-worker", daemon=True)

    def start(self) -> None:
        stopping.clear()
        self._thread.start()
        self._sweeper = sweeping.start_sweeping(celery_hooks.served_queues)

    def stop(self) -> None:
        """Finish what runs, hand back what does not, within a few seconds."""
        stopping.set()
        state.should_stop = 0  # type: ignore[assignment]  # an exit code asks the worker to stop
        inprocess.arrived.set()
        self._thread.join(STOP_TIMEOUT)
        self._sweeper.join(STOP_TIMEOUT)
        state.should_stop = None
        stopping.clear()


def start_worker() -> EmbeddedWorker:
    """Start the embedded worker of this process."""
    worker = EmbeddedWorker()
    worker.start()
    return worker
