from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.core.management.base import CommandParser

from gauzy.eventbus.models import StoredEvent
from gauzy.eventops import selectors
from gauzy.eventops.choices import DeliveryState
from gauzy.eventops.commands import data
from gauzy.eventops.commands.action import Action, Options, Output, add_tenant, tenant_of
from gauzy.eventops.commands.text import line, time_of_day
from gauzy.eventops.trails import Trail, trails_of

_WORTH_NAMING = (
    *(DeliveryState.DEAD, DeliveryState.MISSING, DeliveryState.RUNNING),
    *(DeliveryState.WAITING, DeliveryState.SKIPPED),
)


class Trace(Action):
    name = "trace"
    help = "everything that one piece of work caused, as a tree"
    examples = ("trace CORRELATION_ID", "trace EVENT_ID --json")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", type=UUID, metavar="CORRELATION_OR_EVENT_ID", help="of a request, or any event of it")
        add_tenant(parser)

    def run(self, options: Options, output: Output) -> None:
        events = selectors.trace(options["id"], tenant_id=tenant_of(options))
        trails = trails_of(events)
        output.show([_data(event, trails[event.id]) for event in events], _lines(events, trails))
        if len(events) == selectors.LONGEST_TRACE:
            output.note(f"Only the first {selectors.LONGEST_TRACE} events are shown.")


def _data(event: StoredEvent, trails: list[Trail]) -> dict[str, Any]:
    return data.of_event(event) | {"handlers": [data.of_trail(trail) for trail in trails]}


def _lines(events: list[StoredEvent], trails: dict[UUID, list[Trail]]) -> Iterator[str]:
    yield f"correlation {events[0].correlation_id}"
    root = min(event.depth for event in events)
    for event in events:
        indent = "  " * min(event.depth - root + 1, 16)
        yield line(f"{event.name} {event.id} {time_of_day(event.occurred_at)}", indent=indent)
        yield line(_handlers(trails[event.id]), indent=f"{indent}    ")


def _handlers(trails: list[Trail]) -> str:
    """Name the handlers by state, the worst first; those that are done are only counted."""
    named = {state: ", ".join(trail.handler for trail in trails if trail.state is state) for state in _WORTH_NAMING}
    parts = [f"{state.label}: {handlers}" for state, handlers in named.items() if handlers]
    done = sum(trail.state is DeliveryState.DONE for trail in trails)
    return "; ".join([*parts, f"{done} done"] if done else parts) or "no handler"
