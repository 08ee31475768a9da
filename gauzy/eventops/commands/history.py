"""Running history again, or for the first time; forgetting it."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from gauzy.eventbus import pruning, reconciling
from gauzy.eventops.commands.action import Action, Options, Output, add_tenant, tenant_of
from gauzy.eventops.commands.filters import add_event, moment, wire_name
from gauzy.eventops.commands.text import times
from gauzy.eventops.models import Replay as ReplayRow
from gauzy.eventops.services import replaying

_BEGINNING = datetime.fromtimestamp(0, UTC)


def _add_history(parser: CommandParser) -> None:
    parser.add_argument("--handler", metavar="HANDLER_ID")
    add_event(parser)
    add_tenant(parser)
    parser.add_argument("--since", type=moment, metavar="TIME", help="events that occurred then or later")
    parser.add_argument("--until", type=moment, metavar="TIME", help="events that occurred before (default: now)")
    parser.add_argument("--all", action="store_true", help="instead of --since: from the first event on")
    parser.add_argument("--rate", type=int, default=0, metavar="N", help="at most N events a second")
    parser.add_argument("--dry-run", action="store_true", help="only say how many events it would be")


def _chosen(options: Options) -> dict[str, Any]:
    if not options["handler"] or not (options["since"] or options["all"]):
        raise CommandError("Name the --handler, and --since (or --all from the first event on).", returncode=2)
    event = wire_name(options["event"]) if options["event"] else ""
    since, until = options["since"] or _BEGINNING, options["until"] or timezone.now()
    return {"event": event, "tenant_id": tenant_of(options), "since": since, "until": until}


class Replay(Action):
    name = "replay"
    help = "give a handler again what it is done with, as a new generation; --resume goes on with one"
    examples = (
        "replay --handler analytics.count_events --since 2026-03-02 --dry-run",
        "replay --handler analytics.count_events --since 2026-03-02 --rate 500",
        "replay --resume REPLAY_ID",
    )

    def add_arguments(self, parser: CommandParser) -> None:
        _add_history(parser)
        parser.add_argument("--force", action="store_true", help="also a handler that takes no history")
        parser.add_argument("--resume", type=UUID, metavar="REPLAY_ID", help="go on with an interrupted one")

    def run(self, options: Options, output: Output) -> None:
        if options["dry_run"]:
            self._count(options, output)
            return
        replay_id = options["resume"] or self._start(options).id
        replay = ReplayRow()
        for _ in _paced(options["rate"]):
            replay = replaying.advance_replay(replay_id, limit=_size(options["rate"]))
            output.note(f"replay {replay_id}: {times(replay.made_owed, 'event')}")
            if replay.finished_at:
                break
        shown = {"replay_id": replay.id, "handler": replay.handler, "generation": replay.generation}
        lines = [f"{times(replay.made_owed, 'event')} owed to {replay.handler} again, generation {replay.generation}."]
        output.show([shown | {"events": replay.made_owed}], lines)

    def _start(self, options: Options) -> ReplayRow:
        return replaying.start_replay(handler=options["handler"], force=options["force"], **_chosen(options))

    def _count(self, options: Options, output: Output) -> None:
        chosen = _chosen(options)
        handler = replaying.handler_of(options["handler"])
        replaying.refuse_unreplayable(handler, force=options["force"], **chosen)
        _show_count(output, handler.id, replaying.to_replay(handler, **chosen).count())


class Backfill(Action):
    name = "backfill"
    help = "give a handler the events that it was never owed, as if it had been there"
    examples = ("backfill --handler employees.notify_inviter --since 7d --dry-run",)

    def add_arguments(self, parser: CommandParser) -> None:
        _add_history(parser)

    def run(self, options: Options, output: Output) -> None:
        chosen, name = _chosen(options), options["handler"]
        handler = replaying.handler_of(name)
        if options["dry_run"]:
            _show_count(output, name, replaying.to_backfill(handler, **chosen).count())
            return
        after, total = None, 0
        for _ in _paced(options["rate"]):
            after, added = replaying.backfill_some(handler=name, after=after, limit=_size(options["rate"]), **chosen)
            total += added
            if after is None:
                break
            output.note(f"{times(total, 'event')} so far")
        output.show([{"handler": name, "events": total}], [f"{times(total, 'event')} owed to {name}."])


class Reconcile(Action):
    name = "reconcile"
    help = "after a deploy: make owed what processes of another release did not know of; workers do so by themselves"
    examples = ("reconcile --dry-run", "reconcile")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what is missing")

    def run(self, options: Options, output: Output) -> None:
        if not options["dry_run"]:
            reconciling.note_handlers()
        added = reconciling.reconcile(dry_run=options["dry_run"])
        word = "missing" if options["dry_run"] else "added"
        lines = [f"{name}: {times(count, 'event')} {word}" for name, count in added.items()] or ["Nothing is missing."]
        output.show([{"handler": name, "events": count} for name, count in added.items()], lines)


class Prune(Action):
    name = "prune"
    help = "forget events that are old and of which nothing is owed; idle workers do so by themselves"
    details = "Without --older-than the setting RETENTION holds."
    examples = ("prune --older-than 365d --dry-run",)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--older-than", type=moment, metavar="TIME", help="90d, or a day")
        parser.add_argument("--dry-run", action="store_true", help="only say how many events it would be")

    def run(self, options: Options, output: Output) -> None:
        older = timezone.now() - options["older_than"] if options["older_than"] else pruning.retention()
        if not older or older < timedelta():
            raise CommandError("Say --older-than: the setting RETENTION keeps events for ever.", returncode=2)
        count = pruning.prune(older_than=older, dry_run=options["dry_run"])
        word = "would be forgotten" if options["dry_run"] else "forgotten"
        output.show([{"events": count}], [f"{times(count, 'event')} {word}."])


def _show_count(output: Output, handler: str, count: int) -> None:
    output.show([{"handler": handler, "events": count}], [f"{times(count, 'event')} for {handler}."])


def _size(rate: int) -> int:
    return min(rate, replaying.CHUNK) if rate else replaying.CHUNK


def _paced(rate: int) -> Iterator[None]:
    """Yield without end, as often as lets `rate` events a second through in chunks of `_size`."""
    while True:
        started = time.monotonic()
        yield
        if rate:
            time.sleep(max(0.0, _size(rate) / rate - (time.monotonic() - started)))
