"""Syncs: one at a time per integration, page by page, taken up again where one stopped.

A page's rows, its counts and the cursor behind it commit together, so that a page is taken in once or not at all. The
lease in the integration's row is renewed with every page. Whoever holds it for a delivery of the bus is the only one to
work on that delivery: when the bus gives it to somebody else, the holder is gone, and its lease is theirs at once.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from gauzy import eventbus as bus
from gauzy.exceptions import DomainError
from integrations.choices import EntityKind, IntegrationState, ItemOutcome, Provider, SyncState
from integrations.events import IntegrationSyncEvent, SyncRequestedEvent, UpworkSyncEvent
from integrations.exceptions import (
    IntegrationNotActive,
    NothingToSync,
    ProviderError,
    RateLimited,
    SyncRunning,
    SyncTakenOver,
)
from integrations.models import Integration, SyncConflict, SyncRun
from integrations.selectors import LEASE, get_integration
from integrations.services.connecting import lock_integration

_LONGEST = 500  # characters of a message
_COUNTS = {
    ItemOutcome.CREATED: "created",
    ItemOutcome.UPDATED: "updated",
    ItemOutcome.UNCHANGED: "unchanged",
    ItemOutcome.CONFLICT: "conflicts",
}


class Feed(Protocol):
    """Rows of one kind that another system offers, page by page. `name` is stored with the run."""

    name: str
    kind: EntityKind

    def fetch(self, cursor: str) -> tuple[Sequence[Any], str]:
        """Return the items of a page and the cursor of the next, "" after the last; raise `ProviderError`."""
        ...

    def key_of(self, item: Any) -> str:
        """Return what the other system calls the item."""
        ...

    def take_in(self, item: Any) -> ItemOutcome | None:
        """Bring our rows up to date, in the caller's transaction; raise `DomainError` for a conflict.

        None is counted as nothing: the item is of our making.
        """
        ...


@transaction.atomic
def request_sync(*, integration_id: UUID) -> Integration:
    """Ask a worker for a sync; raise `IntegrationNotFound` or `IntegrationNotActive`."""
    integration = get_integration(integration_id)
    if integration.state != IntegrationState.ACTIVE:
        raise IntegrationNotActive
    Integration.objects.filter(pk=integration_id).update(asked_at=timezone.now())
    bus.publish(SyncRequestedEvent(integration_id=integration_id))
    return integration


def run_sync(*, integration_id: UUID, feeds: Sequence[Feed], holder: UUID | None = None) -> SyncRun:
    """Take in every page of every feed; return the run, which says how it ended.

    `holder`: the event whose delivery asks for it, so that its next attempt goes on where a killed one stopped. A
    failure of the other system ends the run as failed; the next one begins where it stopped, if it got anywhere.
    Raises `RateLimited` with the run left open for later, `SyncRunning`, `IntegrationNotActive`, `NothingToSync`.
    """
    if not feeds:
        raise NothingToSync
    run, token = _begin(integration_id, holder)
    try:
        for feed, cursor in _remaining(run, feeds):
            _take_in_pages(run, token, feed, cursor)
    except ProviderError as error:
        if isinstance(error, RateLimited):
            _release(run, token)
            raise
        return _finish(run, token, error)
    except BaseException:
        _release(run, token)
        raise
    return _finish(run, token)


@transaction.atomic(durable=True)
def _begin(integration_id: UUID, holder: UUID | None) -> tuple[SyncRun, UUID]:
    integration = lock_integration(integration_id)
    if integration.state != IntegrationState.ACTIVE:
        raise IntegrationNotActive
    now = timezone.now()
    is_ours = holder is not None and integration.lease_holder == holder
    if integration.lease_until and integration.lease_until > now and not is_ours:
        raise SyncRunning((integration.lease_until - now).total_seconds())
    token = uuid4()
    _hold(integration, token, holder, now)
    open_run = SyncRun.objects.filter(integration=integration, state=SyncState.RUNNING).first()
    return open_run or _start(integration), token


def _start(integration: Integration) -> SyncRun:
    last = SyncRun.objects.filter(integration=integration).order_by("-id").first()
    resumed = last if last and last.state == SyncState.FAILED and last.pages else None
    return SyncRun.objects.create(
        integration=integration,
        feed=resumed.feed if resumed else "",
        cursor=resumed.cursor if resumed else "",
    )


def _remaining(run: SyncRun, feeds: Sequence[Feed]) -> Iterator[tuple[Feed, str]]:
    names = [feed.name for feed in feeds]
    first = names.index(run.feed) if run.feed in names else 0
    for place, feed in enumerate(feeds[first:]):
        yield feed, run.cursor if place == 0 and feed.name == run.feed else ""


def _take_in_pages(run: SyncRun, token: UUID, feed: Feed, cursor: str) -> None:
    while True:
        items, following = feed.fetch(cursor)
        _take_in_page(run, token, feed, items, following)
        if not following:
            return
        cursor = following


@transaction.atomic(durable=True)
def _take_in_page(run: SyncRun, token: UUID, feed: Feed, items: Sequence[Any], following: str) -> None:
    _renew(run, token)
    outcomes = [_take_in(run, feed, item) for item in items]
    counts: dict[str, Any] = {field: F(field) + outcomes.count(outcome) for outcome, field in _COUNTS.items()}
    SyncRun.objects.filter(pk=run.pk).update(**counts, feed=feed.name, cursor=following, pages=F("pages") + 1)


def _take_in(run: SyncRun, feed: Feed, item: Any) -> ItemOutcome | None:
    try:
        with transaction.atomic():
            return feed.take_in(item)
    except DomainError as refusal:
        SyncConflict.objects.update_or_create(
            run=run,
            kind=feed.kind,
            external_id=feed.key_of(item)[:200],
            defaults={"code": refusal.code, "message": _worded(refusal)},
        )
        return ItemOutcome.CONFLICT


@transaction.atomic(durable=True)
def _finish(run: SyncRun, token: UUID, error: ProviderError | None = None) -> SyncRun:
    _renew(run, token)
    _let_go(run, token, synced_at=None if error else timezone.now())
    finished = SyncRun.objects.get(pk=run.pk)
    finished.state = SyncState.FAILED if error else SyncState.DONE
    finished.finished_at = timezone.now()
    if error:
        finished.error, finished.error_text = error.code, _worded(error)
    else:
        finished.cursor = ""
    finished.save(update_fields=["state", "finished_at", "error", "error_text", "cursor"])
    bus.publish(_finished(finished))
    if finished.state == SyncState.DONE and finished.integration.provider == Provider.UPWORK:
        bus.publish(_synchronized(finished))
    return finished


@transaction.atomic(durable=True)
def _release(run: SyncRun, token: UUID) -> None:
    _let_go(run, token, synced_at=None)


def _finished(run: SyncRun) -> IntegrationSyncEvent:
    integration = run.integration
    return IntegrationSyncEvent(
        integration_id=integration.id,
        organization_id=integration.organization_id,
        run_id=run.id,
        provider=str(integration.provider),
        outcome=str(run.state),
        created=run.created,
        updated=run.updated,
        unchanged=run.unchanged,
        conflicts=run.conflicts,
        error=run.error,
    )


def _synchronized(run: SyncRun) -> UpworkSyncEvent:
    return UpworkSyncEvent(
        integration_id=run.integration_id,
        organization_id=run.integration.organization_id,
        source="api",
        created=run.created,
        updated=run.updated,
        unchanged=run.unchanged,
        conflicts=run.conflicts,
    )


def _hold(integration: Integration, token: UUID, holder: UUID | None, now: datetime) -> None:
    held = Integration.objects.filter(pk=integration.pk)
    held.update(lease_token=token, lease_holder=holder, lease_until=now + LEASE)


def _renew(run: SyncRun, token: UUID) -> None:
    held = Integration.objects.filter(pk=run.integration_id, lease_token=token)
    if not held.update(lease_until=timezone.now() + LEASE):
        raise SyncTakenOver


def _let_go(run: SyncRun, token: UUID, *, synced_at: datetime | None) -> None:
    values: dict[str, Any] = {"lease_token": None, "lease_holder": None, "lease_until": None}
    if synced_at:
        values["last_synced_at"] = synced_at
    Integration.objects.filter(pk=run.integration_id, lease_token=token).update(**values)


def _worded(error: DomainError) -> str:
    fields = "; ".join(f"{name}: {' '.join(messages)}" for name, messages in error.fields.items())
    return f"{error.message} {fields}".strip()[:_LONGEST]
