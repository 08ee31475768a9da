from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from gauzy.analytics.labels import known_metrics, label_of
from gauzy.analytics.models import DailyCount
from gauzy.analytics.selectors import daily_counts
from gauzy.eventbus import catalogue
from gauzy.site.base import ReadOnlyAdmin
from gauzy.site.navigation import Entry, Task
from gauzy.site.parts import Card, Panel, bars

DAYS_SHOWN = 14


class MetricFilter(SimpleListFilter):
    """Names what was counted as people call it, without reading the rows."""

    title = "what happened"
    parameter_name = "metric"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return sorted(((metric, label_of(metric)) for metric in known_metrics()), key=lambda choice: choice[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(metric=self.value()) if self.value() else queryset


@admin.register(DailyCount)
class DailyCountAdmin(ReadOnlyAdmin):
    """How often each thing happened in the tenant on each UTC day."""

    navigation = (Entry(Task.ACTIVITY, "Figures", "monitoring", "analytics_dailycount_changelist"),)
    empty_hint = "Counting begins with the first event, within a second of it."
    list_display = ("label", "utc_day", "times", "metric_name")
    list_display_links = None
    list_filter = ("day", MetricFilter)
    search_fields = ("metric",)
    ordering = ("-day", "metric")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DailyCount]:
        return daily_counts()

    @admin.display(description="what happened", ordering="metric")
    def label(self, count: DailyCount) -> str:
        return label_of(count.metric)

    @admin.display(description="day (UTC)", ordering="day")
    def utc_day(self, count: DailyCount) -> Any:
        return count.day

    @admin.display(description="how often", ordering="count")
    def times(self, count: DailyCount) -> int:
        return count.count

    @admin.display(description="name in the API", ordering="metric")
    def metric_name(self, count: DailyCount) -> str:
        return count.metric

    def cards(self, request: HttpRequest) -> Iterable[Card]:
        """Say how much happened today."""
        happened = sum(count.count for count in _events_since(_today()))
        link = f"{reverse('admin:analytics_dailycount_changelist')}?day__gte={_today()}"
        return [Card("Events today", happened, "since midnight UTC", link, "bolt")]

    def panels(self, request: HttpRequest) -> Iterable[Panel]:
        """Draw today by type, and the last days."""
        link = reverse("admin:analytics_dailycount_changelist")
        since = _today() - timedelta(days=DAYS_SHOWN - 1)
        counts = list(_events_since(since))
        today = Counter({label_of(count.metric): count.count for count in counts if count.day == _today()})
        days = {str(since + timedelta(days=day)): 0 for day in range(DAYS_SHOWN)}
        for count in counts:
            days[str(count.day)] = days.get(str(count.day), 0) + count.count
        return [
            Panel("Events today", bars(dict(today.most_common())), "Nothing has happened today.", link),
            Panel(
                f"Events of {DAYS_SHOWN} days", bars(days) if counts else [], "Nothing has happened yet.", link, True
            ),
        ]


def _events_since(day: Any) -> Iterable[DailyCount]:
    return (count for count in daily_counts(since=day) if catalogue.find_event(count.metric))


def _today() -> Any:
    return datetime.now(UTC).date()
