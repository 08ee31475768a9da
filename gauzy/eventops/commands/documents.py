from django.core.management.base import CommandError, CommandParser

from gauzy.eventbus import catalogue
from gauzy.eventops import documents, schemas
from gauzy.eventops.commands.action import Action, Options, Output
from gauzy.eventops.commands.filters import add_event, wire_name
from gauzy.eventops.schemas import Schema as JsonSchema

_REMEDY = (
    "Give a new field a default, or raise the event's version and add an upcaster: docs/event-changes.md. If no such "
    "row exists, `manage.py events schema --write --force` accepts the change; a row that does is then undecodable."
)


class Schema(Action):
    name = "schema"
    help = (
        "JSON Schemas of the events; --check compares them with docs/events.schema.json, --write brings it up to date"
    )
    details = (
        "A change that old rows would not survive is refused, unless the version is raised and upcasters are given."
    )
    examples = ("schema --event EmployeeCreatedEvent", "schema --check", "schema --write")

    def add_arguments(self, parser: CommandParser) -> None:
        add_event(parser)
        parser.add_argument("--check", action="store_true", help="exit status 1 if the file is not what the code says")
        parser.add_argument("--write", action="store_true", help="write the file")
        parser.add_argument("--force", action="store_true", help="with --write: also what old rows would not survive")

    def run(self, options: Options, output: Output) -> None:
        if options["check"] or options["write"]:
            _compare(write=options["write"], force=options["force"])
        else:
            _show(options["event"], output)


class Docs(Action):
    name = "docs"
    help = "whether docs/events.md and docs/asyncapi.json are what the code says; --write brings them up to date"
    examples = ("docs", "docs --write")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help="write them")

    def run(self, options: Options, output: Output) -> None:
        made = documents.documents()
        stale = {path for path, text in made.items() if not path.exists() or path.read_text("utf-8") != text}
        for path in stale if options["write"] else ():
            path.write_text(made[path], "utf-8")
        word = "written" if options["write"] else "stale"
        state = {path.name: word if path in stale else "up to date" for path in made}
        output.show(
            [{"document": name, "state": found} for name, found in state.items()],
            [f"{name}: {found}" for name, found in state.items()],
        )
        if stale and not options["write"]:
            raise CommandError("Stale: `manage.py events docs --write` brings them up to date.")


def _show(event: str | None, output: Output) -> None:
    chosen = [catalogue.event(wire_name(event))] if event else catalogue.events
    found = schemas.schemas_of(chosen)
    output.show([{"name": name, "schema": schema} for name, schema in found.items()], [schemas.as_text(found)])


def _compare(*, write: bool, force: bool) -> None:
    path, now = schemas.committed_path(), schemas.schemas_of(catalogue.events)
    text, committed = schemas.as_text(now), path.read_text("utf-8") if path.exists() else ""
    if not (write and force) and (broken := _broken(committed, now)):
        raise CommandError("\n".join([*broken, _REMEDY]))
    if write:
        path.write_text(text, "utf-8")
    elif text != committed:
        raise CommandError(f"{path.name} is stale: `manage.py events schema --write` brings it up to date; commit it.")


def _broken(committed: str, now: dict[str, JsonSchema]) -> list[str]:
    upcast = {known.name for known in catalogue.events if known.upcasts}
    return list(schemas.incompatibilities(schemas.read(committed), now, upcast=upcast)) if committed else []
