from django.core.management.base import CommandParser

from gauzy.eventops.commands import data
from gauzy.eventops.commands.action import Action, Options, Output
from gauzy.eventops.commands.filters import handler_id
from gauzy.eventops.commands.text import span, table
from gauzy.eventops.stats import LARGEST_COUNT, HandlerStats, handler_stats

_HEADER = ("handler", "WAITING", "OLDEST", "RUNNING", "DEAD", "HOUR", "DAY", "last done")


class Stats(Action):
    name = "stats"
    help = "how each handler fares: what waits and since when, what is dead, what was done lately"
    details = (
        f"OLDEST: how long ago the oldest waiting delivery became owed. HOUR, DAY: done since then. Counts stop at "
        f"{LARGEST_COUNT}."
    )
    examples = ("stats", "stats --handler activitylog.record_activity --json")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--handler", metavar="HANDLER_ID", help="only this one")

    def run(self, options: Options, output: Output) -> None:
        chosen = handler_id(options["handler"]) if options["handler"] else ""
        stats = handler_stats(chosen)
        output.show([data.of_stats(one) for one in stats], table(_HEADER, [_row(one) for one in stats]))


def _row(stats: HandlerStats) -> tuple[str, ...]:
    counts = [stats.waiting, stats.running, stats.dead, stats.done_last_hour, stats.done_last_day]
    waiting, running, dead, hour, day = map(_count, counts)
    oldest = span(stats.lag) if stats.lag else "-"
    return stats.handler, waiting, oldest, running, dead, hour, day, _last(stats)


def _count(count: int) -> str:
    return f"{count}+" if count >= LARGEST_COUNT else str(count)


def _last(stats: HandlerStats) -> str:
    if not stats.connected:
        return "not in this release"
    if stats.paused:
        return f"paused: {stats.paused}"
    if stats.last_done is None:
        return "nothing yet"
    if stats.idle_days:
        return f"nothing for {stats.idle_days} day{'s' if stats.idle_days > 1 else ''}"
    return f"{span(stats.at - stats.last_done)} ago"
