"""The setting `EVENTBUS`: one dict, every key optional, documented here."""

from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed

MINUTE, HOUR = 60.0, 3600.0


NOTHING = "contextlib.nullcontext"


@dataclass(frozen=True, slots=True)
class BusSettings:
    """All durations are seconds.

    QUEUES: names of the Celery queues that workers serve; a handler may name no other.
    RETRY_LADDER: waits before the second, third, … attempt; after the last one the delivery is dead.
    RETRY_JITTER: share of the wait that is added at random (never subtracted).
    LEASE: how long a claim holds without being renewed; a crashed worker's deliveries wait that long.
    AFTER_COMMIT_GRACE: when a worker takes an AFTER_COMMIT delivery over from a publisher that died.
    AFTER_COMMIT_BUDGET: how long one commit may be delayed by AFTER_COMMIT handlers before a worker takes the rest.
    CRASH_LIMIT: how often a delivery may take its worker down before it is dead.
    CLAIM_SIZE: deliveries claimed at once for a handler without `batch`.
    DRAIN_BUDGET: how long a drain runs before it gives way to other handlers.
    PARALLEL_DRAINS: how many drains of one handler run at once, over all workers, when its queue is long.
    SWEEP_INTERVAL: how often a worker looks for owed deliveries that no hint announced.
    UNKNOWN_DELAY: how long a delivery rests that this release does not understand.
    PAUSE_AFTER: failures in a row after which an external handler rests, for that tenant and target.
    PAUSE_FOR: how long it rests first; then twice as long after each further failure.
    PAUSE_LONGEST: the longest such rest.
    QUOTA_MAX_AGE: how long a delivery may wait for quotas (`Retry(counts=False)`) before it is dead.
    RETENTION: how long events are kept of which nothing is owed; 0 keeps them for ever.
    RECONCILE_WINDOW: how far back a starting worker looks for events that a deploy missed.
    MAX_DEPTH: longest chain of events causing events.
    MAX_EVENT_BYTES: largest encoded event.
    AROUND: dotted path of a context manager factory entered around each attempt with its Metadata.
    """

    QUEUES: tuple[str, ...] = ("default",)
    RETRY_LADDER: tuple[float, ...] = (5.0, 30.0, 2 * MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, 24 * HOUR)
    RETRY_JITTER: float = 0.2
    LEASE: float = 30.0
    AFTER_COMMIT_GRACE: float = 30.0
    AFTER_COMMIT_BUDGET: float = 2.0
    CRASH_LIMIT: int = 3
    CLAIM_SIZE: int = 20
    DRAIN_BUDGET: float = 2.0
    PARALLEL_DRAINS: int = 8
    SWEEP_INTERVAL: float = 1.0
    UNKNOWN_DELAY: float = 60.0
    PAUSE_AFTER: int = 10
    PAUSE_FOR: float = MINUTE
    PAUSE_LONGEST: float = HOUR
    QUOTA_MAX_AGE: float = 7 * 24 * HOUR
    RETENTION: float = 365 * 24 * HOUR
    RECONCILE_WINDOW: float = 24 * HOUR
    MAX_DEPTH: int = 16
    MAX_EVENT_BYTES: int = 65_536
    AROUND: str = NOTHING


@cache
def bus_settings() -> BusSettings:
    """Read the setting; afresh after a test has overridden it. Unknown keys are left to `manage.py check`."""
    return BusSettings(**{key: value for key, value in _given().items() if key in known_keys()})


def known_keys() -> set[str]:
    return {field.name for field in fields(BusSettings)}


def unknown_keys() -> set[str]:
    return set(_given()) - known_keys()


def _given() -> dict[str, Any]:
    given: dict[str, Any] = getattr(settings, "EVENTBUS", {})
    return {key: tuple(value) if isinstance(value, list) else value for key, value in given.items()}


def _forget(*, setting: str, **_: Any) -> None:
    if setting == "EVENTBUS":
        bus_settings.cache_clear()


setting_changed.connect(_forget, dispatch_uid="eventbus.conf")
