"""What every store can do, and the parts that need no dialect.

Only the database's clock decides what is due and whose lease is over (SQLite runs in this process: the same clock).
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connections, transaction
from django.db.models import F, QuerySet

from gauzy.eventbus.choices import FailureKind, Outcome
from gauzy.eventbus.models import Delivery, Failure, Receipt, StoredEvent
from gauzy.eventbus.records import ALIAS, Claimed, Key, Lane, NewEvent


class Store(ABC):
    """Statements on the bus's tables."""

    def atomic(self) -> AbstractContextManager[None]:
        return transaction.atomic(using=ALIAS)

    @property
    def connection(self) -> Any:
        return connections[ALIAS]

    @property
    def is_doomed(self) -> bool:
        """Whether the open transaction can only be rolled back: Django does so at its end, without a word."""
        return bool(self.connection.needs_rollback)

    @abstractmethod
    def now(self) -> datetime:
        """The database's clock."""

    @abstractmethod
    def record(self, events: Sequence[NewEvent]) -> None:
        """Insert events and what is owed of them, in the caller's transaction; skip one whose dedup key is taken."""

    @abstractmethod
    def claim(
        self, handler: str, *, limit: int, lease: float, moment: datetime | None = None, since: datetime | None = None
    ) -> list[Claimed]:
        """Lease up to `limit` due deliveries nobody holds, oldest first, counting the attempt. Committed at once.

        moment: pretend that it is then (the test kit's clock). since: pass by what was due earlier.
        """

    @abstractmethod
    def claim_suspect(self, handler: str, *, lease: float) -> Claimed | None:
        """Lease one delivery whose holder let its lease run out, counting a crash."""

    @abstractmethod
    def claim_run(
        self, lane: Lane, *, limit: int, lease: float, moment: datetime | None = None, suspect: bool = False
    ) -> list[Claimed]:
        """Lease up to `limit` successive deliveries of one key, from its head on; the first key with a free head.

        suspect: a head, alone, whose holder let its lease run out.
        """

    @abstractmethod
    def complete_head(self, claim: Claimed, lane: Lane, outcome: Outcome, reason: str = "") -> bool:
        """Do what `complete` does for an ordered delivery, provided that no earlier one of its key is owed."""

    @abstractmethod
    def owe(self, key: Key, targets: Sequence[str]) -> None:
        """Insert a delivery for each target, beside that of `key`, in the caller's transaction; keep what exists."""

    @abstractmethod
    def order_numbers(self, handler: str, keys: Sequence[str]) -> list[int]:
        """Return for each of `keys` a number behind what the key is owed; nobody else draws one until the commit."""

    @abstractmethod
    def complete(self, claims: Sequence[Claimed], outcome: Outcome, reason: str = "") -> set[Key]:
        """Remove deliveries of one handler, leased by one claim, and write their receipts, in the caller's transaction.

        Returns those still held by this lease and not done before: only their handlers may run. The uncommitted removal
        keeps everybody else off, so no handler on the database needs a heartbeat.
        """

    @abstractmethod
    def due_handlers(self, handlers: Iterable[str]) -> list[str]:
        """Return those of `handlers` that have work due which nobody holds."""

    @abstractmethod
    def drains_of(self, handler: str) -> int:
        """Tell, roughly, how many drains of a handler are at work: the live leases among its oldest deliveries."""

    @abstractmethod
    def try_sweep_lock(self) -> bool:
        """Take the lock that makes many sweepers one, until the transaction ends."""

    def id_of_dedup_key(self, dedup_key: str) -> UUID:
        return StoredEvent.objects.values_list("id", flat=True).get(dedup_key=dedup_key)

    def withdraw(self, event_id: UUID, handler: str, *, reason: str) -> bool:
        """Turn what is owed into receipts `skipped`, in the caller's transaction. Waits for one that is running."""
        owed = Delivery.objects.using(ALIAS).filter(event_id=event_id, handler=handler)
        rows = list(owed.select_for_update())
        receipts = [
            Receipt(
                event_id=event_id,
                handler=handler,
                target=row.target,
                generation=row.generation,
                outcome=Outcome.SKIPPED,
                reason=reason,
                attempts=row.attempts,
            )
            for row in rows
        ]
        for row in rows:
            owed.filter(pk=row.pk).delete()
        Receipt.objects.using(ALIAS).bulk_create(receipts, ignore_conflicts=True)
        return bool(rows)

    def record_duration(self, claims: Sequence[Claimed], milliseconds: int) -> None:
        """Add the time a handler took to the receipts written by `complete`, in the same transaction."""
        for claim in claims:
            _rows(Receipt, claim.key).update(duration_ms=milliseconds)

    def fail(self, claim: Claimed, failure: Failure, *, delay: float | None) -> bool:
        """Record a failed attempt and make the delivery due again after `delay` seconds, or dead if that is None.

        Returns whether the lease was still ours; otherwise nothing is written. Runs in the caller's transaction.
        """
        now = self.now()
        updated = self._held(claim).update(
            attempts=claim.attempt,
            failures=F("failures") + int(failure.kind != FailureKind.CRASHED),
            due=now + timedelta(seconds=delay or 0.0),
            dead_at=now if delay is None else None,
            reason=failure.error_text[:300],
            lease_until=None,
            lease_token=None,
        )
        if updated:
            failure.save(force_insert=True)
        return bool(updated)

    def give_back(self, claims: Iterable[Claimed], *, delay: float = 0.0, reason: str = "") -> None:
        """Return what was claimed and not started, the attempt refunded."""
        due = {"due": self.now() + timedelta(seconds=delay)} if delay else {}
        for claim in claims:
            self._held(claim).update(
                attempts=claim.attempt - 1, lease_until=None, lease_token=None, reason=reason[:300], **due
            )

    def renew(self, claims: Iterable[Claimed], *, lease: float) -> None:
        """Extend leases still held."""
        until = self.now() + timedelta(seconds=lease)
        for claim in claims:
            self._held(claim).update(lease_until=until)

    def _held(self, claim: Claimed) -> QuerySet[Delivery]:
        held: QuerySet[Delivery] = _rows(Delivery, claim.key).filter(lease_token=claim.token)
        return held


def _rows(model: Any, key: Key) -> Any:
    return model.objects.using(ALIAS).filter(
        event_id=key.event_id, handler=key.handler, target=key.target, generation=key.generation
    )
