from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.core.management.base import CommandParser
from django.utils import timezone

from gauzy.eventbus import catalogue
from gauzy.eventbus.models import StoredEvent
from gauzy.eventops import selectors
from gauzy.eventops.choices import DeliveryState
from gauzy.eventops.commands import data
from gauzy.eventops.commands.action import Action, Options, Output, add_tenant, tenant_of
from gauzy.eventops.commands.text import duration, line, span, table, time_of_day, times, when
from gauzy.eventops.exceptions import DeliveryNotFound
from gauzy.eventops.payloads import payload_of
from gauzy.eventops.trails import Trail, trails_of_event

_UNATTENDED = timedelta(seconds=10)  # due for longer than this, and nobody took it: where is the worker?
_SHOWN = 20  # caused events that a person is shown


class Explain(Action):
    name = "explain"
    help = "who published an event, what each handler did with it, why it failed, what it caused"
    details = "Personal data are masked, unless --personal. With HANDLER_ID also the traceback of the last failure."
    examples = ("explain EVENT_ID", "explain EVENT_ID employees.send_welcome_email")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("event_id", type=UUID, metavar="EVENT_ID")
        parser.add_argument("handler_id", nargs="?", default="", metavar="HANDLER_ID", help="only this one, at length")
        parser.add_argument("--personal", action="store_true", help="show personal data of the payload")
        add_tenant(parser)

    def run(self, options: Options, output: Output) -> None:
        event = selectors.get_event(options["event_id"], tenant_id=tenant_of(options))
        trails = trails_of_event(event, options["handler_id"])
        if options["handler_id"] and not trails:
            raise DeliveryNotFound(f"{options['handler_id']} is no handler of {event.name}; `events list` shows them.")
        caused, about = list(selectors.caused_by(event)[: _SHOWN + 1]), list(selectors.about(event)[:_SHOWN])
        described = data.of_event(event, personal=options["personal"]) | {
            "handlers": [data.of_trail(trail) for trail in trails],
            "caused": [{"id": one.id, "name": one.name} for one in caused[:_SHOWN]],
            "about": [data.of_event(one) for one in about],
        }
        lines = [*_event(event, personal=options["personal"]), *_handlers(trails)]
        lines += _traceback(trails) if options["handler_id"] else [*_caused(caused), *_about(about)]
        output.show([described], lines)


def _event(event: StoredEvent, *, personal: bool) -> Iterator[str]:
    yield line(f"{event.name} v{event.version} {event.id}")
    cause = str(event.causation_id) if event.causation_id else "none: it began with this one"
    facts = [
        ("occurred", f"{when(event.occurred_at)} UTC"),
        ("tenant", str(event.tenant_id or "none")),
        ("actor", f"{event.actor_label} ({event.actor_kind}{f' {event.actor_id}' if event.actor_id else ''})"),
        ("about", f"{event.subject_type} {event.subject_id}"),
        ("correlation", str(event.correlation_id)),
        ("cause", cause),
    ]
    if event.history:
        facts.append(("history", "yes: it tells of something long past"))
    payload = payload_of(event, personal=personal)
    yield from table(("", ""), facts, indent="  ")
    yield from table(("", ""), [(f"· {name}", str(value)) for name, value in payload.items()], indent="  ")


def _handlers(trails: list[Trail]) -> Iterator[str]:
    yield "handlers"
    if not trails:
        yield "  none"
    width = max((len(trail.handler) for trail in trails), default=0)
    for trail in trails:
        target = f" [{trail.target}]" if trail.target else ""
        yield f"  {trail.handler.ljust(width)}  {trail.state.label}{target}"
        for remark in _remarks(trail, timezone.now()):
            yield line(remark, indent="      ")


def _remarks(trail: Trail, now: datetime) -> Iterator[str]:
    if trail.note:
        yield trail.note
    if trail.state in {DeliveryState.DONE, DeliveryState.SKIPPED}:
        yield f"{times(trail.attempts, 'attempt')}, {when(trail.finished_at)}, {duration(trail.duration_ms)}"
    elif trail.state is DeliveryState.RUNNING:
        yield f"attempt {trail.attempts}; its lease holds until {when(trail.lease_until)}"
    elif trail.state is DeliveryState.WAITING:
        yield _waiting(trail, now)
    elif trail.state is DeliveryState.DEAD:
        yield f"{times(trail.attempts, 'attempt')}, died {when(trail.dead_at)}"
    for failure in trail.failures:
        error = f"{failure.error_class}: {failure.error_text}"
        yield f"attempt {failure.attempt}, {time_of_day(failure.failed_at)}, {failure.kind}: {error}"
    if trail.state is DeliveryState.DEAD:
        yield f"to try again: events retry {trail.event_id} {trail.handler}"


def _waiting(trail: Trail, now: datetime) -> str:
    tried = f"after {times(trail.attempts, 'attempt')}" if trail.attempts else "not tried yet"
    late = now - trail.due if trail.due else timedelta()
    if late < timedelta():
        return f"{tried}, due {when(trail.due)}, in {span(-late)}"
    if late < _UNATTENDED:
        return f"{tried}, due now"
    handler = catalogue.find_handler(trail.handler)
    asked = f": does a worker serve the queue {handler.queue!r}?" if handler else ""
    return f"{tried}, due for {span(late)} and not taken{asked}"


def _traceback(trails: list[Trail]) -> Iterator[str]:
    for trail in trails:
        if trail.failures:
            yield "last failure"
            yield from (f"  {text}" for text in trail.failures[-1].traceback.splitlines())


def _caused(caused: list[StoredEvent]) -> Iterator[str]:
    if caused:
        yield "caused"
    for event in caused[:_SHOWN]:
        yield f"  {event.id} {event.name}"
    if len(caused) > _SHOWN:
        yield f"  … and more: events trace {caused[0].correlation_id}"


def _about(about: list[StoredEvent]) -> Iterator[str]:
    if about:
        yield "what happened to it"
    for event in about:
        handler = f" {event.data['handler']}" if "handler" in event.data else ""
        yield line(f"{time_of_day(event.occurred_at)} {event.name}{handler}, {event.actor_label}", indent="  ")
