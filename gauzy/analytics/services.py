from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from gauzy.analytics import counting
from gauzy.analytics.models import DailyCount
from gauzy.eventbus import Delivered


@transaction.atomic
def count(*, metric: str, occurred_at: datetime, tenant_id: UUID | None, amount: int = 1) -> None:
    """Add to a metric of a feature's own, on the UTC day of `occurred_at`; call it from an event's handler."""
    counting.add({counting.count_key(tenant_id=tenant_id, metric=metric, occurred_at=occurred_at): amount})


@transaction.atomic
def count_events(deliveries: Sequence[Delivered]) -> None:
    """Add one for each event to the metric of its wire name."""
    keys = (
        counting.count_key(tenant_id=meta.tenant_id, metric=meta.name, occurred_at=meta.occurred_at)
        for meta in (delivered.meta for delivered in deliveries)
    )
    counting.add(Counter(keys))


@transaction.atomic
def clear_days(*, metrics: Collection[str], first: date, last: date, tenant_id: UUID | None = None) -> int:
    """Forget what was counted from `first` to `last`, both included, so that a replay counts it afresh.

    Of all tenants unless one is named. Name only metrics that the replayed handler counts: others would stay empty.
    """
    chosen = DailyCount.objects.filter(metric__in=metrics, day__range=(first, last))
    if tenant_id:
        chosen = chosen.filter(tenant_key=tenant_id)
    deleted, _ = chosen.delete()
    return deleted
