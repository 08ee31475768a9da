import os
import signal
import threading
from collections.abc import Sequence

from employees.events import EmployeeCreatedEvent
from gauzy.eventbus import Delivered, Metadata, Run, handles
from tests.chaos import world
from tests.chaos.jobs.events import Behaviour, JobStartedEvent
from tests.chaos.jobs.models import Effect


@handles(JobStartedEvent)
def do_alone(event: JobStartedEvent, meta: Metadata) -> None:
    _take_effect(meta)
    _behave(event, meta)


@handles(JobStartedEvent, batch=20)
def do_together(deliveries: Sequence[Delivered]) -> None:
    for delivery in deliveries:
        _take_effect(delivery.meta)
        if isinstance(delivery.event, JobStartedEvent):
            _behave(delivery.event, delivery.meta)


@handles(JobStartedEvent, run=Run.AFTER_COMMIT)
def do_at_once(event: JobStartedEvent, meta: Metadata) -> None:
    _take_effect(meta)
    _behave(event, meta)


@handles(JobStartedEvent, queue="mail", external=True)
def call_out(event: JobStartedEvent, meta: Metadata) -> None:
    """The journal is the world it calls; its row in the database commits with its receipt."""
    _note(meta)
    _behave(event, meta)
    with meta.completing():
        _store(meta)


@handles(EmployeeCreatedEvent)
def check_references(event: EmployeeCreatedEvent, meta: Metadata) -> None:
    """Fails while the gate "broken" is open."""
    _take_effect(meta)
    _fail_while_broken()


def _take_effect(meta: Metadata) -> None:
    _store(meta)
    _note(meta)


def _store(meta: Metadata) -> None:
    Effect.objects.create(event_id=meta.event_id, handler=meta.handler, attempt=meta.attempt, pid=os.getpid())


def _note(meta: Metadata) -> None:
    entry = world.Entry(meta.handler, meta.event_id.hex, meta.idempotency_key, meta.attempt, os.getpid())
    world.here().note(entry)


def _behave(event: JobStartedEvent, meta: Metadata) -> None:
    if event.troubled not in ("", meta.handler):
        return
    match event.behaviour:
        case Behaviour.BUSY:
            threading.Event().wait(0.01)
        case Behaviour.HELD:
            world.here().wait_at("release")
        case Behaviour.FAILING:
            _fail_while_broken()
        case Behaviour.DEADLY:
            os.kill(os.getpid(), signal.SIGKILL)


def _fail_while_broken() -> None:
    if world.here().is_open("broken"):
        raise RuntimeError("broken on purpose")
