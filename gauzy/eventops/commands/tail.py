import time
from collections.abc import Callable

from django.core.management.base import CommandError, CommandParser
from django.db.models import QuerySet

from gauzy.eventbus.models import StoredEvent
from gauzy.eventops import feed, selectors
from gauzy.eventops.commands import data
from gauzy.eventops.commands.action import Action, Options, Output, add_tenant, tenant_of
from gauzy.eventops.commands.filters import add_event, wire_name
from gauzy.eventops.commands.text import line, time_of_day
from gauzy.eventops.feed import FeedCursor, FeedPage

_PAGE = 500  # events read at once


class Tail(Action):
    name = "tail"
    help = "the latest events, or those after a cursor; --follow goes on until Ctrl-C"
    details = (
        "The order is stable: nothing ever appears behind a cursor that was shown, so --after misses nothing. An event "
        "is shown when every transaction that began to write before its own has ended."
    )
    examples = ("tail", "tail --follow --event EmployeeCreatedEvent", "tail --after beginning --limit 100 --json")
    wait: Callable[[float], None] = staticmethod(time.sleep)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--follow", action="store_true", help="go on until Ctrl-C")
        parser.add_argument("--after", metavar="CURSOR", help="`beginning`, `now`, or a cursor shown earlier")
        parser.add_argument("--limit", type=int, help="at most so many (default: 20, or all after the cursor)")
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between looks (default: %(default)s)")
        add_event(parser)
        add_tenant(parser)

    def run(self, options: Options, output: Output) -> None:
        if options["follow"] and options["json"]:
            raise CommandError("--json prints one list, and --follow never ends it: poll with --after.", returncode=2)
        found = selectors.events(tenant_of(options))
        if options["event"]:
            found = found.filter(name=wire_name(options["event"]))
        page = _first_page(found, options)
        output.show([data.of_fed_event(event) for event in page.events], map(_line, page.events))
        if options["follow"]:
            self._follow(found, page.next, options["interval"], output)
        else:
            output.note(f"Go on with: events tail --after {page.next}")

    def _follow(self, found: QuerySet[StoredEvent], cursor: FeedCursor, interval: float, output: Output) -> None:
        try:
            while True:
                page = feed.read(found, cursor, limit=_PAGE)
                output.lines(map(_line, page.events))
                cursor = page.next
                if not page.more:
                    self.wait(interval)
        except KeyboardInterrupt:
            output.note(f"Go on with: events tail --follow --after {cursor}")


def _first_page(found: QuerySet[StoredEvent], options: Options) -> FeedPage:
    if options["after"] is None:
        return feed.latest(found, limit=options["limit"] or 20)
    after, limit = feed.cursor(options["after"]), options["limit"]
    page = feed.read(found, after, limit=limit or _PAGE)
    while page.more and not limit:
        following = feed.read(found, page.next, limit=_PAGE)
        page = FeedPage([*page.events, *following.events], following.next, following.more)
    return page


def _line(event: StoredEvent) -> str:
    return line(f"{time_of_day(event.occurred_at)} {event.id} {event.name}, {event.actor_label}")
