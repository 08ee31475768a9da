"""One attempt: context around it, effects and receipt in one transaction, failure recorded beside it.

Database handlers: the receipt is written (and the delivery removed) at the start of the handler's own transaction.
That one statement is fence, lock and completion: a crash undoes all of it, and while it is uncommitted nobody else
gets the row.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from enum import StrEnum
from functools import cache, partial
from typing import TypeVar

from django.db import InterfaceError, OperationalError, transaction
from django.utils.module_loading import import_string

from gauzy import context
from gauzy.eventbus import hints, leases, pausing
from gauzy.eventbus.catalogue import catalogue
from gauzy.eventbus.choices import Outcome
from gauzy.eventbus.claiming import lane_of
from gauzy.eventbus.conf import NOTHING, bus_settings
from gauzy.eventbus.event import AnyEvent
from gauzy.eventbus.exceptions import EffectsLost, LeaseLost, Skip
from gauzy.eventbus.failing import Undecodable, settle
from gauzy.eventbus.handler import Handler
from gauzy.eventbus.metadata import Delivered, Metadata
from gauzy.eventbus.records import ALIAS, Claimed
from gauzy.eventbus.redaction import storable
from gauzy.eventbus.stores import store

logger = logging.getLogger(__name__)

T = TypeVar("T")

SLOW = 0.010  # seconds; only then is the duration worth a second statement
TRANSIENT_TRIES = 3
TRANSIENT_STATES = {"40001", "40P01"}  # serialization failure, deadlock: the same attempt again, at once


class Result(StrEnum):
    """How an attempt ended. GONE: another process had it."""

    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"
    GONE = "gone"
    GIVEN_BACK = "given back"


def run_one(handler: Handler, claim: Claimed) -> Result:
    """Run one delivery to its receipt or its failure; raise only if the database cannot be reached."""
    if not _understood(claim):
        return _give_back(claim)
    attempt, started = _way(handler, claim), time.monotonic()
    try:
        result = _attempted(attempt, handler, claim)
    except LeaseLost:
        result = Result.GONE
    except Exception as error:  # noqa: BLE001  any error is the handler's own affair: recorded, retried
        return _failed(handler, claim, error)
    milliseconds = (time.monotonic() - started) * 1000
    level = logging.DEBUG if result is Result.SKIPPED else logging.INFO  # who looks at every event skips most
    facts = (handler.id, result, claim.name, claim.key.event_id, milliseconds)
    logger.log(level, "%s %s, because of %s %s (%.0f ms)", *facts)
    return result


def _attempted(attempt: Callable[[Handler, Claimed], Result], handler: Handler, claim: Claimed) -> Result:
    try:
        if attempt is _run_external:  # calls the outside, which is not done twice for a deadlock of ours
            return attempt(handler, claim)
        return _retrying_transient(lambda: attempt(handler, claim))
    except Skip as skip:
        return _skip(handler, claim, storable(str(skip)))


def _failed(handler: Handler, claim: Claimed, error: Exception) -> Result:
    """Record it; what cannot be recorded must not keep the next delivery waiting, and counts as a crash."""
    try:
        settle(handler, claim, error)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("%s failed on event %s, and its failure cannot be recorded", handler.id, claim.key.event_id)
    return Result.FAILED


def run_batch(handler: Handler, claims: Sequence[Claimed]) -> dict[Result, int]:
    """Run deliveries in one transaction; if that fails, each alone, so that each has its own outcome."""
    try:
        mine = _retrying_transient(lambda: _run_together(handler, claims))
        logger.info("%s done, because of %s events", handler.id, mine)
        return {Result.DONE: mine, Result.GONE: len(claims) - mine}
    except Exception:  # noqa: BLE001  the items show it, with personal data masked
        logger.info("A batch of %s for %s failed; its items run singly, and say why", len(claims), handler.id)
    results = [run_one(handler, claim) for claim in claims]
    return {result: results.count(result) for result in Result}


def _way(handler: Handler, claim: Claimed) -> Callable[[Handler, Claimed], Result]:
    """A handler with targets is first asked which; that delivery has none itself."""
    if handler.targets and not claim.key.target:
        return _expand
    return _run_external if handler.external else _run_in_transaction


def _expand(handler: Handler, claim: Claimed) -> Result:
    """Owe the handler's deliveries, one for each target that it names."""
    event, meta = _opened(claim)
    with _around(meta), store().atomic():
        if not _complete(handler, claim):
            return Result.GONE
        with context.use(_context_of(claim)):
            targets = sorted(set(handler.targets(event, meta))) if handler.targets else []
        if not targets:
            raise Skip("no target")
        store().owe(claim.key, targets)
        transaction.on_commit(partial(hints.mark, {handler.id}), using=ALIAS, robust=True)
    return Result.DONE


def _complete(handler: Handler, claim: Claimed, outcome: Outcome = Outcome.DONE, reason: str = "") -> bool:
    if handler.ordered_by:
        return store().complete_head(claim, lane_of(handler), outcome, reason)
    return bool(store().complete([claim], outcome, reason))


def _run_in_transaction(handler: Handler, claim: Claimed) -> Result:
    event, meta = _opened(claim)
    with _around(meta), store().atomic():
        if not _complete(handler, claim):
            return Result.GONE
        with context.use(_context_of(claim)), _finishing([claim]):
            _call(handler, event, meta)
    return Result.DONE


def _run_together(handler: Handler, claims: Sequence[Claimed]) -> int:
    opened = [(claim, Delivered(*_opened(claim))) for claim in claims]
    with ExitStack() as around, store().atomic():
        mine = store().complete(claims, Outcome.DONE)
        if len(mine) < len(claims):
            opened = [(claim, item) for claim, item in opened if claim.key in mine]
        batch = [item for _, item in opened]
        if handler.when is not None and not all(handler.wants(item.event) for item in batch):
            raise Skip("its condition is false for some")  # they run singly, and each says so
        if bus_settings().AROUND != NOTHING:  # one entry for each of hundreds is worth asking
            for item in batch:
                around.enter_context(_around(item.meta))
        if batch:
            with context.use(None), _finishing([claim for claim, _ in opened]):
                handler.function(batch)
    return len(mine)


def _run_external(handler: Handler, claim: Claimed) -> Result:
    started, completed = time.monotonic(), False

    @contextmanager
    def completing() -> Iterator[None]:
        nonlocal completed
        with store().atomic():
            if not _complete(handler, claim):
                raise LeaseLost(f"{claim.key.handler} lost its lease on event {claim.key.event_id}.")
            yield
            _finish([claim], time.monotonic() - started)
        completed = True

    event, meta = _opened(claim, completing)
    with _around(meta), context.use(_context_of(claim)), leases.kept(claim):
        _call(handler, event, meta)
        if not completed:
            _retrying_transient(lambda: _enter(completing()))  # the call to the outside is not made again
    pausing.note_success(claim)
    return Result.DONE


def _call(handler: Handler, event: AnyEvent, meta: Metadata) -> None:
    if not handler.wants(event):
        raise Skip("its condition is false")  # it raised when the event was published, and was owed for that
    if handler.batch:
        handler.function([Delivered(event, meta)])
    elif handler.wants_meta:
        handler.function(event, meta)
    else:
        handler.function(event)


def _around(meta: Metadata) -> AbstractContextManager[object]:
    manager: AbstractContextManager[object] = _imported(bus_settings().AROUND)(meta)
    return manager


_imported = cache(import_string)


def _context_of(claim: Claimed) -> context.Context:
    """A handler acts with its event's tenant, actor and correlation; what it publishes points back to the event."""
    return context.Context(
        tenant_id=claim.tenant_id,
        actor=_actor_of(claim),
        correlation_id=claim.correlation_id,
        causation_id=claim.key.event_id,
        depth=claim.depth + 1,
        handler=claim.key.handler,
    )


def _actor_of(claim: Claimed) -> context.Actor:
    kind = context.ActorKind(claim.actor_kind)
    return context.Actor(kind, claim.actor_label, claim.actor_id, claim.on_behalf_of_id)


def _opened(
    claim: Claimed, completing: Callable[[], AbstractContextManager[None]] | None = None
) -> tuple[AnyEvent, Metadata]:
    try:
        event: AnyEvent = catalogue.event(claim.name).decode(claim.data, claim.version)
    except ValueError as error:
        raise Undecodable(f"{claim.name} v{claim.version} does not decode: {error}") from error
    meta = Metadata(
        event_id=claim.key.event_id,
        name=claim.name,
        version=claim.version,
        tenant_id=claim.tenant_id,
        actor=_actor_of(claim),
        correlation_id=claim.correlation_id,
        causation_id=claim.causation_id,
        causing_handler=claim.causing_handler,
        depth=claim.depth,
        occurred_at=claim.occurred_at,
        history=claim.history,
        handler=claim.key.handler,
        target=claim.key.target,
        generation=claim.key.generation,
        attempt=claim.attempt,
        _completing=completing or _nothing_to_complete,
    )
    return event, meta


def _nothing_to_complete() -> AbstractContextManager[None]:
    raise RuntimeError("completing() is for external handlers: this one already runs inside its transaction.")


def _enter(manager: AbstractContextManager[None]) -> None:
    with manager:
        pass


@contextmanager
def _finishing(claims: Sequence[Claimed]) -> Iterator[None]:
    started = time.monotonic()
    yield
    _finish(claims, time.monotonic() - started)


def _finish(claims: Sequence[Claimed], seconds: float) -> None:
    """The last step in a handler's transaction: refuse one that cannot be committed, as its receipt would be lost."""
    if store().is_doomed:
        raise EffectsLost(
            "The handler caught a database error, and with that error its transaction lost everything. Catch such "
            "errors around an inner transaction.atomic()."
        )
    if seconds >= SLOW:
        store().record_duration(claims, round(seconds * 1000))


def _retrying_transient(attempt: Callable[[], T]) -> T:
    for _ in range(TRANSIENT_TRIES - 1):
        try:
            return attempt()
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) not in TRANSIENT_STATES:
                raise
    return attempt()


def _understood(claim: Claimed) -> bool:
    known = catalogue.find_event(claim.name)
    return known is not None and claim.version <= known.version


def _give_back(claim: Claimed) -> Result:
    """A newer release published this: leave it to a newer worker."""
    reason = f"not understood by this release: {claim.name} v{claim.version}"
    logger.warning("Event %s is %s; giving it back", claim.key.event_id, reason)
    store().give_back([claim], delay=bus_settings().UNKNOWN_DELAY, reason=reason)
    return Result.GIVEN_BACK


def _skip(handler: Handler, claim: Claimed, reason: str) -> Result:
    with store().atomic():
        _complete(handler, claim, Outcome.SKIPPED, reason)
    return Result.SKIPPED
