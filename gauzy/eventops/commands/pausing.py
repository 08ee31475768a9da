from django.core.management.base import CommandParser

from gauzy.eventbus.models import Pause as PauseRow
from gauzy.eventops import selectors, services
from gauzy.eventops.commands.action import Action, Options, Output
from gauzy.eventops.commands.text import line, when


class Pause(Action):
    name = "pause"
    help = "let a handler or a queue rest: what it is owed waits; without a name, show what rests"
    examples = (
        "pause",
        'pause integrations.deliver_webhook --reason "their server is down"',
        'pause mail --reason "new mail server"',
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", metavar="HANDLER_ID | QUEUE")
        parser.add_argument("--reason", default="", help="why; whoever looks will want to know")

    def run(self, options: Options, output: Output) -> None:
        if options["name"]:
            services.pause(name=options["name"], reason=options["reason"])
        found = selectors.pauses()
        lines = [line(_sentence(row)) for row in found] or ["Nothing rests."]
        output.show([_data(row) for row in found], lines)


class Resume(Action):
    name = "resume"
    help = "end the rest of a handler or a queue, also one that it took by itself"
    examples = ("resume integrations.deliver_webhook",)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="HANDLER_ID | QUEUE")

    def run(self, options: Options, output: Output) -> None:
        name = options["name"]
        ended = services.resume(name=name)
        output.show([{"name": name, "ended": ended}], [f"{name} goes on."])


def _sentence(row: PauseRow) -> str:
    scope = f" for tenant {row.tenant}" if row.tenant else ""
    target = f" and target {row.target}" if row.target else ""
    until = f"until {when(row.until)}" if row.until else "until resumed"
    what = row.handler or f"queue {row.queue}"
    return f"{what}{scope}{target}: {row.kind}, since {when(row.since)}, {until}. {row.reason}"


def _data(row: PauseRow) -> dict[str, object]:
    fields = ("kind", "handler", "queue", "tenant", "target", "since", "until", "failures", "reason")
    return {name: getattr(row, name) for name in fields}
