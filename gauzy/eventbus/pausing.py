"""Handlers at rest. A pause is a row; every worker's drains and sweeps look at these rows and obey.

A whole handler (or queue) at rest is not claimed. One at rest for a tenant or a target is claimed, and what is of that
scope is given back, attempt refunded, due when the pause ends: the rest of its work goes on.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from gauzy.eventbus.catalogue import catalogue
from gauzy.eventbus.choices import PauseKind
from gauzy.eventbus.conf import bus_settings
from gauzy.eventbus.exceptions import Scope
from gauzy.eventbus.handler import Handler
from gauzy.eventbus.models import Delivery, Pause
from gauzy.eventbus.records import Claimed
from gauzy.eventbus.stores import store

PAUSED = "paused"  # the beginning of the reason of what was given back
LOOK_EVERY = 0.5  # seconds: how soon a drain that is under way notices
LONGEST_REST = 60.0  # seconds until what is at rest without an end is looked at again
_NO_TENANT = "none"


@dataclass(frozen=True, slots=True)
class Pauses:
    """The pauses in force for one handler at one moment."""

    rows: Sequence[Pause]

    @property
    def whole(self) -> Pause | None:
        """The pause of the whole handler, if there is one."""
        return next((row for row in self.rows if not row.tenant and not row.target), None)

    def of(self, claim: Claimed) -> Pause | None:
        """Return the pause that a claimed delivery falls under."""
        mine = {(row.tenant, row.target): row for row in self.rows}
        tenant, target = tenant_key(claim.tenant_id), claim.key.target
        keys = ((tenant, target), (tenant, ""), ("", target), ("", ""))
        return next((mine[key] for key in keys if key in mine), None)


class Watch:
    """What a drain knows of the pauses of its handler; it looks again while it goes on, for external ones each time."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._look()

    def is_paused(self) -> bool:
        if self._handler.external or time.monotonic() >= self._look_at:
            self._look()
        return self._pauses.whole is not None

    def released(self, claims: Sequence[Claimed]) -> list[Claimed]:
        """Return the claims that may run; give the others back until their pause ends."""
        if not self._pauses.rows:
            return list(claims)
        running: list[Claimed] = []
        for index, claim in enumerate(claims):
            if pause := self._pauses.of(claim):
                rest(claim, pause.until, pause.reason)
                if self._handler.ordered_by:
                    store().give_back(claims[index + 1 :])  # the rest of the key waits for its head
                    break
            else:
                running.append(claim)
        return running

    def _look(self) -> None:
        self._pauses, self._look_at = pauses_of(self._handler), time.monotonic() + LOOK_EVERY


def pauses_of(handler: Handler) -> Pauses:
    return Pauses(list(in_force().filter(Q(handler=handler.id) | Q(queue=handler.queue))) if _any() else [])


def _any() -> bool:
    """Mostly there is none, and to ask for that takes a sixth of the time of the query that says which."""
    with store().connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM eventbus_pause)")
        return bool(cursor.fetchone()[0])


def in_force() -> QuerySet[Pause]:
    """Return every pause that holds now."""
    counting = Q(kind=PauseKind.FAILING, failures__lt=bus_settings().PAUSE_AFTER)
    return Pause.objects.filter(Q(until__isnull=True) | Q(until__gt=Now())).exclude(counting)


def without_paused(handler_ids: Iterable[str]) -> list[str]:
    """Leave out handlers that are at rest as a whole."""
    if not _any() or not (whole := list(in_force().filter(tenant="", target="").values_list("handler", "queue"))):
        return list(handler_ids)
    handlers, queues = {handler for handler, _ in whole if handler}, {queue for _, queue in whole if queue}
    found = ((handler_id, catalogue.find_handler(handler_id)) for handler_id in handler_ids)
    return [name for name, known in found if name not in handlers and (known is None or known.queue not in queues)]


def tenant_key(tenant_id: object) -> str:
    """Write a tenant as pauses do."""
    return str(tenant_id).replace("-", "") if tenant_id else _NO_TENANT


def rest(claim: Claimed, until: datetime | None, reason: str) -> None:
    """Give a claimed delivery back until its pause ends, attempt refunded."""
    delay = LONGEST_REST if until is None else max((until - store().now()).total_seconds(), 0.0)
    store().give_back([claim], delay=min(delay, LONGEST_REST) if until is None else delay, reason=_because(reason))


def rest_for_quota(claim: Claimed, after: timedelta, scope: Scope, reason: str) -> None:
    """Let the handler rest in the scope that a quota holds for, and this delivery with it. In a transaction."""
    until = store().now() + after
    tenant, target = _scope_of(claim, scope)
    Pause.objects.update_or_create(
        kind=PauseKind.QUOTA,
        handler=claim.key.handler,
        queue="",
        tenant=tenant,
        target=target,
        defaults={"until": until, "reason": reason[:300]},
    )
    rest(claim, until, reason)


def is_too_old_for_quota(claim: Claimed) -> bool:
    """Tell whether a delivery has waited for quotas longer than QUOTA_MAX_AGE."""
    oldest = store().now() - timedelta(seconds=bus_settings().QUOTA_MAX_AGE)
    key = claim.key
    return Delivery.objects.filter(
        event_id=key.event_id,
        handler=key.handler,
        target=key.target,
        generation=key.generation,
        owed_since__lt=oldest,
    ).exists()


def note_failure(claim: Claimed, reason: str) -> None:
    """Count one more failure in a row of an external handler; let it rest when they are many. In a transaction."""
    settings, now = bus_settings(), store().now()
    tenant, target = _scope_of(claim, Scope.TARGET)
    row, _ = Pause.objects.select_for_update().get_or_create(
        kind=PauseKind.FAILING, handler=claim.key.handler, queue="", tenant=tenant, target=target
    )
    row.failures, row.reason = row.failures + 1, reason[:300]
    doublings = row.failures - settings.PAUSE_AFTER
    if doublings >= 0:
        row.until = now + timedelta(seconds=min(settings.PAUSE_FOR * 2 ** min(doublings, 20), settings.PAUSE_LONGEST))
    row.save()


def note_success(claim: Claimed) -> None:
    """Forget the failures in a row: it works again."""
    tenant, target = _scope_of(claim, Scope.TARGET)
    Pause.objects.filter(kind=PauseKind.FAILING, handler=claim.key.handler, tenant=tenant, target=target).delete()


def release(deliveries: QuerySet[Delivery]) -> int:
    """Make due now what was given back for a pause."""
    waiting = deliveries.filter(dead_at__isnull=True, lease_until__isnull=True, reason__startswith=PAUSED)
    return waiting.update(due=store().now(), reason="")


def _because(reason: str) -> str:
    return f"{PAUSED}: {reason}" if reason else PAUSED


def _scope_of(claim: Claimed, scope: Scope) -> tuple[str, str]:
    if scope is Scope.HANDLER:
        return "", ""
    return tenant_key(claim.tenant_id), claim.key.target if scope is Scope.TARGET else ""
