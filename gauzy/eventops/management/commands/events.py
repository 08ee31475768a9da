from argparse import RawDescriptionHelpFormatter
from textwrap import fill
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gauzy import context
from gauzy.context import Actor, ActorKind
from gauzy.eventops.commands import ACTIONS, Output
from gauzy.eventops.commands.action import tenant_of
from gauzy.eventops.exceptions import EventNotFound
from gauzy.exceptions import DomainError, Invalid
from gauzy.tenancy.commands import describe

EXIT_STATUS = "Exit status: 0 done, 1 found something wrong, 2 wrong usage."


class Command(BaseCommand):
    """One delivery is named EVENT_ID HANDLER_ID; filters are --event, --handler, --tenant, --since, --until."""

    help = "See, follow, explain and repair what the event bus does."
    requires_system_checks = []  # it must work on an installation that is ill

    def add_arguments(self, parser: CommandParser) -> None:
        parser.epilog = EXIT_STATUS
        words = parser.add_subparsers(dest="action", required=True, metavar=" | ".join(ACTIONS))
        for action in ACTIONS.values():
            epilog = "\n".join(fill(text, 100) for text in (action.details, EXIT_STATUS) if text)
            word = words.add_parser(
                action.name,
                help=action.help,
                description=action.help.capitalize() + ".",
                epilog=epilog,
                formatter_class=RawDescriptionHelpFormatter,
            )
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
            raise CommandError(describe(error), returncode=2 if isinstance(error, Invalid) else 1) from error
