from textwrap import fill
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gauzy import context
from gauzy.context import Actor, ActorKind
from gauzy.eventops.commands import ACTIONS, Output
from gauzy.eventops.commands.action import tenant_of
from gauzy.eventops.exceptions import EventNotFound
from gauzy.exceptions import DomainError
from gauzy.tenancy.commands import refused
from gauzy.tenancy.usage import add_action, explain


class Command(BaseCommand):
    """One delivery is named EVENT_ID HANDLER_ID; filters are --event, --handler, --tenant, --since, --until."""

    help = "See, follow, explain and repair what the event bus does."
    requires_system_checks = []  # it must work on an installation that is ill

    def add_arguments(self, parser: CommandParser) -> None:
        explain(parser, "events doctor", "events explain --help")
        words = parser.add_subparsers(dest="action", required=True, metavar=" | ".join(ACTIONS))
        for action in ACTIONS.values():
            examples = [f"events {example}" for example in action.examples]
            told = {"details": fill(action.details, 100), "status": action.status}
            word = add_action(words, action.name, action.help, *examples, **told)
            word.add_argument("--json", action="store_true", help="print one JSON list, for programs")
            action.add_arguments(word)

    def handle(self, *args: Any, **options: Any) -> None:
        action = ACTIONS[options["action"]]
        output = Output(self.stdout, self.stderr, as_json=options["json"])
        actor = Actor(ActorKind.COMMAND, f"manage.py events {action.name}")
        try:
            with context.acting(tenant_id=tenant_of(options), actor=actor):
                action.run(options, output)
        except EventNotFound as error:
            raise CommandError(f"{error.message} `events tail` shows the latest. ({error.code})") from error
        except DomainError as error:
            raise refused(error) from error
