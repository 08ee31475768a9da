"""Filters by name and time."""

from argparse import ArgumentTypeError
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches

from django.core.management.base import CommandParser
from django.utils import timezone

from gauzy.eventbus import catalogue
from gauzy.eventbus.models import Delivery, StoredEvent
from gauzy.eventops.commands.action import Options, add_tenant
from gauzy.eventops.exceptions import UnknownEventName, UnknownHandler
from gauzy.eventops.selectors import DeliveryFilters

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def add_delivery_filters(parser: CommandParser) -> None:
    add_event(parser)
    parser.add_argument("--handler", metavar="HANDLER_ID", help="only this handler")
    add_tenant(parser)
    parser.add_argument("--since", type=moment, metavar="TIME", help="died then or later: 2026-03-02T09:00Z, 90m")
    parser.add_argument("--until", type=moment, metavar="TIME", help="died before then")


def add_event(parser: CommandParser) -> None:
    parser.add_argument("--event", metavar="NAME", help="only this event: its class or its wire name")


def delivery_filters(options: Options) -> DeliveryFilters:
    filters: DeliveryFilters = {}
    if options.get("event"):
        filters["event"] = wire_name(options["event"])
    if options.get("handler"):
        filters["handler"] = handler_id(options["handler"])
    if options.get("since"):
        filters["since"] = options["since"]
    if options.get("until"):
        filters["until"] = options["until"]
    return filters


def moment(text: str) -> datetime:
    """Read a time (UTC unless it says otherwise), a day, or how long ago: `30s`, `90m`, `12h`, `7d`."""
    if text[-1:] in _UNITS and text[:-1].isdigit():
        return timezone.now() - timedelta(**{_UNITS[text[-1]]: int(text[:-1])})
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        example = "2026-03-02T09:00Z, 2026-03-02, or how long ago: 90m, 12h, 7d"
        raise ArgumentTypeError(f"{text!r} is no time. Write {example}") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def wire_name(name: str) -> str:
    """Return the wire name of an event named by it or by its class; raise `UnknownEventName`."""
    names = {event_type.cls.__name__: event_type.name for event_type in catalogue.events}
    found = names.get(name, name)
    if found in names.values() or StoredEvent.objects.filter(name=found).exists():
        return found
    raise UnknownEventName(f"There is no event {name!r}.{_meant(name, [*names, *names.values()])}")


def handler_id(name: str) -> str:
    """Return `name` if it is a handler's, of this release or still owed something; raise `UnknownHandler`."""
    if catalogue.find_handler(name) or Delivery.objects.filter(handler=name).exists():
        return name
    raise UnknownHandler(f"There is no handler {name!r}.{_meant(name, [known.id for known in catalogue.handlers])}")


def _meant(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, n=3, cutoff=0.5)
    return f" Did you mean {' or '.join(close)}?" if close else " `events list` shows what there is."
