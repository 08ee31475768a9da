from datetime import date

from django.db.models import QuerySet

from gauzy import context
from gauzy.analytics.models import DailyCount


def daily_counts(
    *, metric: str | None = None, since: date | None = None, until: date | None = None
) -> QuerySet[DailyCount]:
    """Return the tenant's counts, from the day `since` up to but without the day `until`."""
    counts = DailyCount.objects.filter(tenant_key=context.tenant_id())
    if metric:
        counts = counts.filter(metric=metric)
    if since:
        counts = counts.filter(day__gte=since)
    if until:
        counts = counts.filter(day__lt=until)
    return counts
