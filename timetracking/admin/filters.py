from typing import Any

from django.contrib.admin import RelatedFieldListFilter, SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from timetracking.selectors.glance import overdue_invoices
from timetracking.selectors.people import people_seen
from timetracking.selectors.projects import visible_projects


class ArchivedFilter(SimpleListFilter):
    """Shows what is in use unless asked for what was put away."""

    title = "put away"
    parameter_name = "archived"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "In use"), ("yes", "Archived")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(archived_at__isnull=self.value() == "no")


class RunningFilter(SimpleListFilter):
    title = "timer"
    parameter_name = "running"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Running"), ("no", "Finished")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(stopped_at__isnull=self.value() == "yes")


class OverdueFilter(SimpleListFilter):
    title = "payment"
    parameter_name = "overdue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Overdue")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "yes":
            return queryset
        return queryset.filter(pk__in=overdue_invoices(timezone.now()).values("pk"))


class VisibleFilter(RelatedFieldListFilter):
    """Names only whom and what the actor may see: Django would name all of the tenant's."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        rows: Any = people_seen() if field.name == "employee" else visible_projects()
        return [(str(row.pk), str(row)) for row in rows]
