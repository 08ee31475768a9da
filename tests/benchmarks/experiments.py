"""What is measured, and how ours and the comparison take turns."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx
import psycopg

from tests.benchmarks.figures import Goal, Pair
from tests.benchmarks.lab import ROOT, Lab, Peer
from tests.support.processes import free_port

Round = dict[str, Pair]
Experiment = Callable[[Lab], Iterator[Round]]


def turn(first: bool, ours: Callable[[], Any], reference: Callable[[], Any]) -> tuple[Any, Any]:
    """Measure both, ours first in every other round."""
    if first:
        mine = ours()
        return mine, reference()
    other = reference()
    return ours(), other


def publish_python(lab: Lab) -> Iterator[Round]:
    with lab.peer(lab.database()) as peer:
        count = lab.scaled(20_000)
        for first in lab.turns():
            pair = turn(
                first,
                lambda: peer("publishing.python_part", count=count),
                lambda: peer("publishing.send_robust", count=count),
            )
            yield {"publish_python": Pair(*pair)}


def publish_among_others(lab: Lab) -> Iterator[Round]:
    with lab.peer(lab.database()) as peer:
        count = lab.scaled(20_000)
        for first in lab.turns():
            pair = turn(
                first,
                lambda: peer("publishing.python_part_among", count=count, others=300),
                lambda: peer("publishing.python_part_among", count=count, others=0),
            )
            yield {"publish_300_types": Pair(*pair)}


def publish_durable(lab: Lab) -> Iterator[Round]:
    with lab.peer(lab.database()) as peer:
        count = lab.scaled(300)
        peer("publishing.durable", count=50)
        peer("publishing.by_hand", count=50)
        for first in lab.turns():
            pair = turn(
                first,
                lambda: peer("publishing.durable", count=count),
                lambda: peer("publishing.by_hand", count=count),
            )
            yield {"publish_durable": Pair(*pair)}


def publish_many(lab: Lab) -> Iterator[Round]:
    with lab.peer(lab.database()) as peer:
        count = lab.scaled(1_000)
        for first in lab.turns():
            peer("publishing.empty")
            rates = [
                turn(
                    first,
                    lambda: peer("publishing.many", count=count),
                    lambda: peer("publishing.many_by_hand", count=count),
                )
                for _ in range(5)
            ]
            mine, other = (median(rate) for rate in zip(*rates, strict=True))
            yield {"publish_many": Pair(mine, other), "publish_many_rate": Pair(mine)}


def drain(lab: Lab) -> Iterator[Round]:
    variables, count = lab.database(), lab.scaled(4_000)
    with lab.worker(variables, "bench"), lab.celery(variables), lab.peer(variables) as peer:
        peer("draining.seconds_for_deliveries", count=100, batch=False)
        for first in lab.turns():
            mine, other = turn(
                first,
                lambda: count / peer("draining.seconds_for_deliveries", count=count, batch=False),
                lambda: count / peer("celery_control.seconds_for_tasks", count=count),
            )
            yield {"drain": Pair(mine, other)}


def drain_batch(lab: Lab) -> Iterator[Round]:
    variables, count = lab.database(), lab.scaled(30_000)
    with lab.worker(variables, "bench"), lab.peer(variables) as peer:
        for first in lab.turns():
            peer("publishing.empty")
            mine, other = turn(
                first,
                lambda: count / peer("draining.seconds_for_deliveries", count=count, batch=True),
                lambda: count / peer("draining.raw_seconds", count=count, processes=2),
            )
            yield {"drain_batch": Pair(mine, other), "drain_batch_rate": Pair(mine)}


def latency(lab: Lab) -> Iterator[Round]:
    variables = lab.database()
    with lab.worker(variables, "bench"), lab.celery(variables), lab.peer(variables) as peer:
        peer("draining.milliseconds_to_handlers", count=20)
        for _ in lab.turns():
            found = peer("draining.milliseconds_to_handlers", count=lab.scaled(400))
            mine, other = found["ours"], found["reference"]
            yield {
                "latency_p50": Pair(median(mine), median(other)),
                "latency_p99": Pair(quantiles(mine, n=100)[98], quantiles(other, n=100)[98]),
            }


def after_commit(lab: Lab) -> Iterator[Round]:
    with lab.peer(lab.database()) as peer:
        for _ in lab.turns():
            yield {"after_commit": Pair(peer("draining.milliseconds_to_after_commit", count=lab.scaled(300)))}


def claim_size(lab: Lab) -> Iterator[Round]:
    few, many = lab.database(), lab.database()
    with lab.peer(few) as small, lab.peer(many) as large:
        small("claims.fill", waiting=1_000, done=1_000)
        large("claims.fill", waiting=lab.scaled(200_000), done=lab.scaled(1_000_000))
        for pair in _claims(lab, small, large, handler="bench.move"):
            yield {"claim_size": pair}


def claim_ordered(lab: Lab) -> Iterator[Round]:
    few, many = lab.database(), lab.database()
    with lab.peer(few) as small, lab.peer(many) as large:
        small("claims.fill_key", waiting=20)
        large("claims.fill_key", waiting=lab.scaled(20_000))
        for pair in _claims(lab, small, large, handler="bench.queue"):
            yield {"claim_ordered": pair}


def _claims(lab: Lab, small: Peer, large: Peer, *, handler: str) -> Iterator[Pair]:
    count = lab.scaled(100)
    for first in lab.turns():
        yield Pair(
            *turn(
                first,
                lambda: large("claims.milliseconds_of_claims", handler=handler, count=count),
                lambda: small("claims.milliseconds_of_claims", handler=handler, count=count),
            )
        )


def held_snapshot(lab: Lab) -> Iterator[Round]:
    variables, seconds = lab.database(), max(0.5, 20 * lab.scale)
    with lab.peer(variables) as peer:

        def without() -> float:
            peer("publishing.empty")
            return 1e6 / float(peer("claims.deliveries_per_second", seconds=seconds))

        def within() -> float:
            peer("publishing.empty")
            with holding_a_snapshot(variables["DATABASE_URL"]):
                return 1e6 / float(peer("claims.deliveries_per_second", seconds=seconds))

        without()
        for first in lab.turns():
            yield {"held_snapshot": Pair(*turn(first, within, without))}


@contextmanager
def holding_a_snapshot(url: str) -> Iterator[None]:
    with psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.execute("SELECT count(*) FROM eventbus_event")
        yield


def sqlite(lab: Lab) -> Iterator[Round]:
    for _ in lab.turns():
        with lab.peer(lab.sqlite()) as peer:
            found = peer("embedded.idle", samples=lab.scaled(200), resting=max(0.5, 5 * lab.scale))
            yield {
                "sqlite_latency": Pair(median(found["milliseconds"])),
                "sqlite_idle_cpu": Pair(found["percent"]),
            }


def sqlite_flat_out(lab: Lab) -> Iterator[Round]:
    """Once: a long run says more than several short ones."""
    with lab.peer(lab.sqlite()) as peer:
        found = peer("embedded.flat_out", seconds=max(1, 60 * lab.scale), threads=8)
        yield {
            "sqlite_locked": Pair(found["errors"]),
            "sqlite_lost": Pair(found["lost"]),
            "sqlite_publishes": Pair(found["publishes"]),
            "sqlite_meanwhile": Pair(found["meanwhile"]),
        }


def serve(lab: Lab) -> Iterator[Round]:
    variables = lab.sqlite() | {"DJANGO_SETTINGS_MODULE": "gauzy.settings"}
    for _ in lab.turns():
        port, started = free_port(), time.perf_counter()
        with lab.process(str(ROOT / "manage.py"), "serve", f"--port={port}", variables=variables) as process:
            _wait_for(f"http://127.0.0.1:{port}/health/live")
            seconds = time.perf_counter() - started
            httpx.get(f"http://127.0.0.1:{port}/admin/login/").raise_for_status()
            yield {"start": Pair(seconds), "memory": Pair(_megabytes(process))}


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            httpx.get(url, timeout=5).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.01)
        else:
            return
    raise RuntimeError(f"{url} does not answer")


def _megabytes(process: "subprocess.Popen[str]") -> float:
    """Proportional set size of a process and its children: what they would free."""
    pids = [process.pid, *map(int, Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split())]
    rollups = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in pids]
    return sum(int(line.split()[1]) for text in rollups for line in text.splitlines() if line.startswith("Pss:")) / 1024


EXPERIMENTS: dict[str, Experiment] = {
    "publish_python": publish_python,
    "publish_300_types": publish_among_others,
    "publish_durable": publish_durable,
    "publish_many": publish_many,
    "drain": drain,
    "drain_batch": drain_batch,
    "latency": latency,
    "after_commit": after_commit,
    "claim_size": claim_size,
    "claim_ordered": claim_ordered,
    "held_snapshot": held_snapshot,
    "sqlite": sqlite,
    "sqlite_flat_out": sqlite_flat_out,
    "serve": serve,
}

GOALS = {
    goal.metric: goal
    for goal in (
        Goal("publish_python", "µs", "publish of 6 fields to 3 handlers without the database / send_robust", 2.5),
        Goal("publish_300_types", "µs", "the same beside 300 other event types / with none", 1.05),
        Goal("publish_durable", "µs", "ORM INSERT and publish to 3 handlers / with one CTE written by hand", 1.15),
        Goal("publish_many", "events/s", "publish_many of 1,000 to 3 handlers / one UNNEST statement", at_least=0.8),
        Goal("publish_many_rate", "events/s", "the same", at_least=10_000, absolute=True),
        Goal("drain", "/s", "no-op deliveries by 2 processes / Celery's no-op tasks, acks_late", at_least=2),
        Goal("drain_batch", "/s", "batches of 500 by 2 processes / 2 psycopg loops of the same writes", at_least=0.6),
        Goal("drain_batch_rate", "/s", "the same", at_least=15_000, absolute=True),
        Goal("latency_p50", "ms", "COMMIT to a background handler's start, idle / delay() in on_commit", 1.5),
        Goal("latency_p99", "ms", "the same, 99th percentile"),
        Goal("after_commit", "ms", "COMMIT's return to an AFTER_COMMIT handler's start", 1, absolute=True),
        Goal("claim_size", "ms", "claim of 20 of 200,000 waiting, 1,000,000 done (by SCALE) / of 1,000", 1.5),
        Goal("claim_ordered", "ms", "claim of 20 of one key with 20,000 waiting / with 20", 2),
        Goal("held_snapshot", "µs", "one delivery at full load under a held snapshot / without", 1.25),
        Goal("sqlite_latency", "ms", "SQLite: COMMIT to a handler's start, idle", 5, absolute=True),
        Goal("sqlite_idle_cpu", "%", "SQLite: of a core, at rest", 5, absolute=True),
        Goal("sqlite_locked", "errors", "SQLite: database is locked, 8 threads flat out for 60 s", 0, absolute=True),
        Goal("sqlite_lost", "events", "the same: published and not stored", 0, absolute=True),
        Goal("sqlite_publishes", "/s", "the same: publishes"),
        Goal("sqlite_meanwhile", "/s", "the same: deliveries run meanwhile"),
        Goal("start", "s", "manage.py serve: to its first answer", 2, absolute=True),
        Goal("memory", "MB", "the same: proportional set size after its first pages", 200, absolute=True),
    )
}
