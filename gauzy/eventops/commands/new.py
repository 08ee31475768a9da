"""For those who add an event: its skeleton, to be filled in."""

import re
import subprocess
import sys
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from gauzy.eventbus import catalogue
from gauzy.eventops.commands.action import Action, Options, Output
from gauzy.eventops.skeletons import TYPES, Skeleton

_NEXT = (
    "Say in its docstring when it is published, and publish it in a service:",
    "    bus.publish({cls}({fields}))",
    "Then: python -m tests.docs.generated; manage.py check; pytest {test}",
)


class New(Action):
    name = "new"
    help = "write the skeleton of an event, a handler of it and their test into an app"
    details = (
        "It adds to the app's events.py and handlers.py, makes a test, and brings the event catalogue (docs/events.md, "
        f"docs/events.schema.json) up to date. Types of fields: {', '.join(TYPES)}; the first one is what it is about."
    )
    examples = ("new employees anniversary_reached --field employee_id:UUID --field years:int --handler congratulate",)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("app", metavar="APP", help="its label, such as employees")
        parser.add_argument("fact", metavar="FACT", help="subject and past participle: anniversary_reached")
        parser.add_argument("--field", action="append", required=True, metavar="NAME:TYPE", help="may be repeated")
        parser.add_argument("--handler", metavar="NAME", help="what the handler does (default: note_FACT)")

    def run(self, options: Options, output: Output) -> None:
        skeleton, folder = _skeleton(options), _folder(options["app"])
        events, handlers = folder / "events.py", folder / "handlers.py"
        test = Path(settings.BASE_DIR) / "tests" / skeleton.app / f"test_{skeleton.name}.py"
        _refuse_taken(skeleton, test, events, handlers)
        events.write_text(skeleton.add_event(events.read_text("utf-8")), "utf-8")
        handlers.write_text(skeleton.add_handler(handlers.read_text("utf-8")), "utf-8")
        test.write_text(skeleton.test(), "utf-8")
        _tidy(output, events, handlers, test)
        written = [path.relative_to(settings.BASE_DIR).as_posix() for path in (events, handlers, test)]
        fields = ", ".join(f"{name}=…" for name, _ in skeleton.fields)
        steps = [line.format(cls=skeleton.cls, fields=fields, test=written[-1]) for line in _NEXT]
        output.show([{"event": f"{skeleton.app}.{skeleton.name}", "files": written}], [*written, "", *steps])


def _skeleton(options: Options) -> Skeleton:
    fields = [tuple(one.split(":")) for one in options["field"]]
    handler = options["handler"] or f"note_{options['fact']}"
    names = [options["fact"], handler, *(field[0] for field in fields)]
    if wrong := [name for name in names if not re.fullmatch(r"[a-z][a-z0-9_]*", name)]:
        raise CommandError(f"{', '.join(wrong)}: write names in small letters, with _ between words.", returncode=2)
    if "_" not in options["fact"]:
        raise CommandError("FACT is a subject and a past participle, such as anniversary_reached.", returncode=2)
    if any(len(field) != 2 or field[1] not in TYPES for field in fields):
        raise CommandError(f"Write --field NAME:TYPE, of the types {', '.join(TYPES)}.", returncode=2)
    return Skeleton(_package(options["app"]), options["fact"], [(name, kind) for name, kind in fields], handler)


def _package(label: str) -> str:
    known = {config.label: config.name for config in apps.get_app_configs()}
    if label not in known:
        raise CommandError(f"There is no app {label!r}.", returncode=2)
    return known[label]


def _folder(label: str) -> Path:
    return Path(apps.get_app_config(label).path)


def _refuse_taken(skeleton: Skeleton, test: Path, *modules: Path) -> None:
    if missing := [path.name for path in (*modules, test.parent) if not path.exists()]:
        raise CommandError(f"{skeleton.app} has no {', '.join(missing)}: docs/how-to/add-an-event.md is the way.")
    if test.exists() or catalogue.find_event(f"{skeleton.app}.{skeleton.name}"):
        raise CommandError(f"{skeleton.app}.{skeleton.name} is there already.")
    if catalogue.find_handler(f"{skeleton.app}.{skeleton.handler}"):
        raise CommandError(f"{skeleton.app}.{skeleton.handler} is there already: choose another --handler.")


def _tidy(output: Output, *paths: Path) -> None:
    """Sort imports, lay out, and describe the event: in processes of their own, which see it."""
    ruff, manage = [sys.executable, "-m", "ruff"], [sys.executable, f"{settings.BASE_DIR}/manage.py", "events"]
    *modules, test = map(str, paths)
    steps = (
        [*ruff, "check", "--quiet", "--fix", "--select", "I", *modules],
        [*ruff, "check", "--quiet", "--fix", "--select", "I,F401", test],
        [*ruff, "format", "--quiet", *modules, test],
        [*manage, "docs", "--write"],
        [*manage, "schema", "--write"],
    )
    for step in steps:
        ran = subprocess.run(step, capture_output=True, text=True, check=False)
        if ran.returncode:
            output.note(f"{' '.join(step[1:4])}: {ran.stderr.strip()}")
