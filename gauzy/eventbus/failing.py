"""After a failed attempt: record why, then make the delivery due again, or dead."""

import logging
import random
import traceback
from collections.abc import Callable, Iterator

import msgspec

from gauzy.eventbus import pausing
from gauzy.eventbus.catalogue import catalogue
from gauzy.eventbus.choices import FailureKind
from gauzy.eventbus.conf import bus_settings
from gauzy.eventbus.event_type import EventType
from gauzy.eventbus.exceptions import Permanent, Retry
from gauzy.eventbus.handler import Handler
from gauzy.eventbus.models import Failure
from gauzy.eventbus.records import Claimed
from gauzy.eventbus.redaction import redacted
from gauzy.eventbus.stores import store

logger = logging.getLogger(__name__)

LONGEST_TRACEBACK = 10_000  # characters


# Called in the transaction that declares a delivery dead.
_on_death: list[Callable[[Claimed, Failure], None]] = []


def on_death(announce: Callable[[Claimed, Failure], None]) -> None:
    """Have deaths announced; see `gauzy.eventbus.deaths`, which publishes and so cannot be imported here."""
    _on_death.append(announce)


class Undecodable(Exception):
    """The stored payload does not fit the event class of this release."""


class Crashed(Exception):
    """The worker died, or was stopped by force, while it ran this."""


KINDS: tuple[tuple[type[Exception], FailureKind], ...] = (
    (Permanent, FailureKind.PERMANENT),
    (Undecodable, FailureKind.UNDECODABLE),
    (Crashed, FailureKind.CRASHED),
)


def settle(handler: Handler, claim: Claimed, error: Exception) -> None:
    """Record a failed attempt; the delivery waits for the ladder's next step or dies. Opens its own transaction."""
    if isinstance(error, Retry) and not error.counts and not pausing.is_too_old_for_quota(claim):
        _rest_for_quota(handler, claim, error)
        return
    delay = _delay(handler, claim, error)
    failure = _failure(claim, error)
    with store().atomic():
        held = store().fail(claim, failure, delay=delay)
        if held and handler.external and failure.kind != FailureKind.PERMANENT:
            pausing.note_failure(claim, failure.error_text)
        if held and delay is None:
            for announce in _on_death:
                announce(claim, failure)
    logger.log(
        logging.ERROR if held and delay is None else logging.WARNING,
        "%s failed on %s %s, attempt %s: %s; %s",
        *(handler.id, claim.name, claim.key.event_id, claim.attempt, failure.error_text.splitlines()[0]),
        _fate(failure, delay) if held else "not ours any more: done, or taken over",
    )


def _fate(failure: Failure, delay: float | None) -> str:
    return f"dead\n{failure.traceback}" if delay is None else f"again in {delay:.0f} s"


def _rest_for_quota(handler: Handler, claim: Claimed, quota: Retry) -> None:
    logger.warning("%s rests %.0f s for its %s: %s", handler.id, quota.after.total_seconds(), quota.scope, quota)
    with store().atomic():
        pausing.rest_for_quota(claim, quota.after, quota.scope, redacted(str(quota), _personal_values(claim)))


def settle_crash(handler: Handler, claim: Claimed) -> None:
    """Set a delivery aside that took its worker down too often."""
    settle(handler, claim, Crashed(f"Its worker died or lost its lease {claim.crashes} times while running it."))


def _delay(handler: Handler, claim: Claimed, error: Exception) -> float | None:
    settings = bus_settings()
    ladder = settings.RETRY_LADDER if handler.retries is None else handler.retries
    if isinstance(error, Permanent | Undecodable | Crashed) or claim.failures >= len(ladder):
        return None
    if isinstance(error, Retry):
        if not error.counts:
            return None  # it has waited too long
        return error.after.total_seconds()
    return ladder[claim.failures] * (1 + random.random() * settings.RETRY_JITTER)  # noqa: S311  spreads load


def _failure(claim: Claimed, error: Exception) -> Failure:
    secrets = _personal_values(claim)
    lines = "".join(traceback.format_exception(error))
    return Failure(
        event_id=claim.key.event_id,
        handler=claim.key.handler,
        target=claim.key.target,
        generation=claim.key.generation,
        attempt=claim.attempt,
        kind=next((kind for cls, kind in KINDS if isinstance(error, cls)), FailureKind.ERROR),
        error_class=type(error).__qualname__[:200],
        error_text=redacted(_text_of(error), secrets)[:2_000],
        traceback=redacted(lines, secrets)[-LONGEST_TRACEBACK:],
    )


def _text_of(error: Exception) -> str:
    try:
        text = str(error)
    except Exception:  # noqa: BLE001  an error that cannot even be printed is still one
        text = ""
    return text if text.strip() else type(error).__qualname__


def _personal_values(claim: Claimed) -> list[str]:
    event_type = catalogue.find_event(claim.name)
    if event_type is None:
        return []
    fields = msgspec.json.decode(claim.data)
    stored = [text for name in event_type.personal_among(fields) for text in _leaves(fields[name])]
    return stored + _personal_as_read(event_type, claim)


def _personal_as_read(event_type: EventType, claim: Claimed) -> list[str]:
    """As the handler sees them: upcasters may have changed what is stored."""
    try:
        event = event_type.decode(claim.data, claim.version) if event_type.personal_fields else None
    except ValueError:
        return []
    return [text for name in event_type.personal_fields for text in _leaves(msgspec.to_builtins(getattr(event, name)))]


def _leaves(value: object) -> Iterator[str]:
    """Every text in a value, however deep: of a change, both the old and the new."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
