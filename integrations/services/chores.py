"""What workers do for integrations beside handling events: ask for syncs that are due, forget what is old."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Manager, Model, OuterRef
from django.utils import timezone

from gauzy import context
from gauzy.context import Actor, ActorKind
from gauzy.eventbus.moments import first_id_at
from integrations.choices import DeliveryState, SyncState
from integrations.models import GitHubDelivery, Integration, SyncConflict, SyncRun, WebhookAttempt
from integrations.selectors import due_for_sync
from integrations.services.feeds import can_sync
from integrations.services.syncing import request_sync

AT_ONCE = 1_000  # rows of a kind in one turn
_SCHEDULE = Actor(ActorKind.SCHEDULE, "scheduled syncs")


def request_due_syncs() -> int:
    """Ask for the syncs that nobody has asked for in `SYNC_EVERY` seconds; return how many.

    So a sync is taken up again whose asker was no delivery of the bus, and died.
    """
    if not settings.SYNC_EVERY:
        return 0
    due = due_for_sync(timezone.now() - timedelta(seconds=settings.SYNC_EVERY))
    return sum(_request(integration) for integration in due[:AT_ONCE])


def forget_old() -> int:
    """Forget what is older than `INTEGRATION_HISTORY_DAYS`; return how many rows. The newest sync of each stays."""
    oldest = first_id_at(timezone.now() - timedelta(days=settings.INTEGRATION_HISTORY_DAYS))
    deliveries = GitHubDelivery.unscoped.filter(pk__lt=oldest).exclude(state=DeliveryState.ACCEPTED)
    attempts = WebhookAttempt.unscoped.filter(pk__lt=oldest)
    newer = SyncRun.unscoped.filter(integration=OuterRef("integration"), pk__gt=OuterRef("pk"))
    runs = SyncRun.unscoped.filter(Exists(newer), pk__lt=oldest).exclude(state=SyncState.RUNNING)
    forgotten = _forget(GitHubDelivery.unscoped, deliveries.values_list("pk", flat=True)[:AT_ONCE])
    forgotten += _forget(WebhookAttempt.unscoped, attempts.values_list("pk", flat=True)[:AT_ONCE])
    return forgotten + _forget(SyncRun.unscoped, runs.values_list("pk", flat=True)[:AT_ONCE])


@transaction.atomic
def _request(integration: Integration) -> bool:
    """Of several workers at once, the first to write that it asks does so; what cannot sync is left for as long."""
    seen = Integration.unscoped.filter(pk=integration.pk, asked_at=integration.asked_at)
    if not seen.update(asked_at=timezone.now()):
        return False
    with context.acting(tenant_id=integration.tenant_id, actor=_SCHEDULE):
        if not can_sync(integration):
            return False
        request_sync(integration_id=integration.id)
    return True


@transaction.atomic
def _forget(rows: Manager[Model], old: Iterable[UUID]) -> int:
    ids = list(old)
    if rows.model is SyncRun:
        SyncConflict.unscoped.filter(run_id__in=ids).delete()
    rows.filter(pk__in=ids).delete()
    return len(ids)
