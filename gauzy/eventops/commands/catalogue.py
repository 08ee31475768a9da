from typing import Any

from gauzy.eventbus import EventType, Run, catalogue
from gauzy.eventbus.handler import Handler
from gauzy.eventops.commands.action import Action, Options, Output
from gauzy.eventops.commands.text import table


class List(Action):
    name = "list"
    help = "every event of this release, and who handles it"
    examples = ("list", "list --json")

    def run(self, options: Options, output: Output) -> None:
        known = [(event_type, catalogue.handlers_of(event_type)) for event_type in catalogue.events]
        output.show([_data(*one) for one in known], [line for one in known for line in _lines(*one)])


def _data(event_type: EventType, handlers: list[Handler]) -> dict[str, Any]:
    return {
        "event": event_type.cls.__name__,
        "name": event_type.name,
        "version": event_type.version,
        "app": event_type.app,
        "deprecated": event_type.deprecated,
        "handlers": [
            {"id": handler.id, "run": handler.run.value, "queue": _queue(handler), "external": handler.external}
            for handler in handlers
        ],
    }


def _queue(handler: Handler) -> str | None:
    return handler.queue if handler.run is Run.BACKGROUND else None


def _lines(event_type: EventType, handlers: list[Handler]) -> list[str]:
    rows = [
        (handler.id, handler.run.value, _queue(handler) or "-", "external" if handler.external else "")
        for handler in handlers
    ]
    title = f"{event_type.cls.__name__}  {event_type.name} v{event_type.version}  ({event_type.app})"
    if event_type.deprecated:
        title += f"  deprecated: {event_type.deprecated}"
    return [title, *(table(("", "", "", ""), rows, indent="    ") if rows else ["    no handler"]), ""]
