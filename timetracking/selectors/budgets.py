from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import DurationField, ExpressionWrapper, F, Q, Sum

from timetracking.models import Project, TimeLog
from timetracking.money import exact_price

THRESHOLDS = (50, 80, 100)  # percent


def has_budget(project_id: UUID) -> bool:
    """Tell whether there is something to watch: a budget, or a threshold of one that was taken away."""
    watched = Q(budget_seconds__gt=0) | Q(budget_amount__gt=0) | Q(budget_reached__gt=0)
    return Project.objects.filter(watched, pk=project_id).exists()


def reached_threshold(project: Project) -> int:
    """Return the highest threshold that a project's time or money has reached; 0 for none."""
    rows = _spent(project)
    shares = [Decimal(0)]
    if project.budget_seconds:
        shares.append(Decimal(sum(seconds for seconds, _ in rows)) / project.budget_seconds)
    if project.budget_amount:
        currency = project.currency or project.organization.currency
        costs = (exact_price(seconds, rate["rate_amount"]) for seconds, rate in rows if _is_money(rate, currency))
        shares.append(sum(costs, Decimal(0)) / project.budget_amount)
    return max((percent for percent in THRESHOLDS if 100 * max(shares) >= percent), default=0)


def _spent(project: Project) -> list[tuple[int, dict[str, Any]]]:
    """Return the seconds of the project's finished logs, by rate."""
    length = ExpressionWrapper(F("stopped_at") - F("started_at"), output_field=DurationField())
    logs = TimeLog.objects.filter(project=project, deleted_at=None, stopped_at__isnull=False)
    rows: Any = logs.values("rate_amount", "rate_currency", "is_billable").annotate(spent=Sum(length)).order_by()
    return [(int(row["spent"].total_seconds()), row) for row in rows]


def _is_money(row: dict[str, Any], currency: str) -> bool:
    return bool(row["is_billable"] and row["rate_amount"] is not None and row["rate_currency"] == currency)
