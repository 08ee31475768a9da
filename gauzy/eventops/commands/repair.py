"""What is dead, and what to do about it."""

import json
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from gauzy.eventbus import worker
from gauzy.eventbus.models import Delivery
from gauzy.eventops import selectors, services
from gauzy.eventops.commands import data
from gauzy.eventops.commands.action import Action, Options, Output, add_tenant, tenant_of
from gauzy.eventops.commands.filters import add_delivery_filters, delivery_filters
from gauzy.eventops.commands.text import line, times, when
from gauzy.eventops.selectors import OwedDelivery

_SHOWN = 20  # keys of deliveries that a person is shown


class Dead(Action):
    name = "dead"
    help = "deliveries that were given up, the latest first"
    status = "Exit status: 0 none is dead, 1 some are, 2 wrong usage."
    examples = ("dead", "dead --handler employees.send_welcome_email --since 12h --json")

    def add_arguments(self, parser: CommandParser) -> None:
        add_delivery_filters(parser)
        parser.add_argument("--limit", type=int, default=100, help="at most so many (default: %(default)s)")

    def run(self, options: Options, output: Output) -> None:
        chosen = selectors.dead_deliveries(tenant_of(options), **delivery_filters(options)).order_by("-dead_at", "pk")
        found = list(chosen[: options["limit"] + 1])
        dead = selectors.with_events(found[: options["limit"]])
        output.show([data.of_owed(owed) for owed in dead], _dead_lines(dead))
        if dead:
            count = f"{'more than ' if len(found) > len(dead) else ''}{times(len(dead), 'delivery', 'deliveries')}"
            raise CommandError(f"Dead: {count}. `events explain EVENT_ID HANDLER_ID` says why, `events retry` heals.")


class Retry(Action):
    name = "retry"
    help = "make dead deliveries due again; one that only waits for its next attempt is named by both ids"
    details = "Without ids and filters, --all says that every dead delivery of every tenant is meant."
    examples = (
        "retry EVENT_ID employees.send_welcome_email",
        "retry --handler employees.send_welcome_email --since 12h --dry-run",
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("event_id", nargs="?", type=UUID, metavar="EVENT_ID")
        parser.add_argument("handler_id", nargs="?", metavar="HANDLER_ID", help="default: all dead ones of the event")
        add_delivery_filters(parser)
        _add_target(parser)
        parser.add_argument("--all", action="store_true", help="whatever is dead")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be retried")
        parser.add_argument("--deliver", action="store_true", help="run here what is due, before returning")

    def run(self, options: Options, output: Output) -> None:
        one = options["handler_id"] and not options["dry_run"]
        retried = [_retry_one(options)] if one else _retry_many(options)
        output.show(list(map(data.of_key, retried)), _retried_lines(retried, dry_run=options["dry_run"]))
        if options["deliver"] and not options["dry_run"]:
            output.note(f"{times(worker.deliver_due(), 'attempt')} made.")


class Skip(Action):
    name = "skip"
    help = "decide that a handler shall not have an event, and say why"
    examples = ('skip EVENT_ID employees.send_welcome_email --reason "sent by hand"',)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("event_id", type=UUID, metavar="EVENT_ID")
        parser.add_argument("handler_id", metavar="HANDLER_ID")
        parser.add_argument("--reason", required=True)
        _add_target(parser)
        add_tenant(parser)

    def run(self, options: Options, output: Output) -> None:
        event_id, handler = options["event_id"], options["handler_id"]
        services.skip_delivery(reason=options["reason"], **_named(options))
        output.show(
            [{"event_id": event_id, "handler": handler, "state": "skipped"}], [f"{handler} skips event {event_id}."]
        )


class Edit(Action):
    name = "edit"
    help = "change what a handler reads of an event that it gave up, and make it due again"
    details = "The event stays as it was published. The change is an event itself, which says who made it."
    examples = ("edit EVENT_ID employees.send_welcome_email --set start_date=null",)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("event_id", type=UUID, metavar="EVENT_ID")
        parser.add_argument("handler_id", metavar="HANDLER_ID")
        parser.add_argument("--set", action="append", required=True, metavar="FIELD=JSON", help="may be repeated")
        _add_target(parser)
        add_tenant(parser)

    def run(self, options: Options, output: Output) -> None:
        event_id, handler = options["event_id"], options["handler_id"]
        fields = dict(map(_field, options["set"]))
        services.edit_delivery(fields=fields, **_named(options))
        output.show(
            [{"event_id": event_id, "handler": handler, "fields": sorted(fields)}],
            [f"{handler} reads event {event_id} with other {', '.join(sorted(fields))}: due now."],
        )


def _add_target(parser: CommandParser) -> None:
    parser.add_argument("--target", default="", help="which delivery of the handler's, where it has several")


def _named(options: Options) -> dict[str, Any]:
    """Return what names one delivery, as the services want it."""
    return {
        "event_id": options["event_id"],
        "handler": options["handler_id"],
        "target": options["target"],
        "tenant_id": tenant_of(options),
    }


def _field(text: str) -> tuple[str, Any]:
    """Read `weight=3`, `recipient="Ada"`, or `recipient=Ada`: what is no JSON is a text."""
    name, is_given, value = text.partition("=")
    if not is_given:
        raise CommandError(f"{text!r} gives no value. Write FIELD=JSON.", returncode=2)
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _dead_lines(dead: Iterable[OwedDelivery]) -> Iterator[str]:
    for owed in dead:
        delivery = owed.delivery
        attempts = times(delivery.attempts, "attempt")
        yield f"{delivery.event_id} {delivery.handler}"
        yield line(f"{owed.event.name}, died {when(delivery.dead_at)} after {attempts}", indent="    ")
        yield line(delivery.reason, indent="    ")
    if not dead:
        yield "Nothing is dead."


def _retry_one(options: Options) -> Delivery:
    if delivery_filters(options):
        raise CommandError("EVENT_ID HANDLER_ID names one delivery: leave the filters out.", returncode=2)
    return services.retry_delivery(**_named(options))


def _retry_many(options: Options) -> list[Delivery]:
    filters = delivery_filters(options)
    if options["event_id"]:
        filters["event_id"] = options["event_id"]
    if options["handler_id"]:
        filters["handler"] = options["handler_id"]
    return services.retry_deliveries(
        tenant_id=tenant_of(options), all=options["all"], dry_run=options["dry_run"], **filters
    )


def _retried_lines(retried: list[Delivery], *, dry_run: bool) -> Iterator[str]:
    for delivery in retried[:_SHOWN]:
        yield f"{delivery.event_id} {delivery.handler}"
    if len(retried) > _SHOWN:
        yield f"… and {len(retried) - _SHOWN} more"
    if dry_run:
        yield f"{len(retried)} would be retried."
    else:
        yield f"{len(retried)} retried: due now, for a running server or worker."
