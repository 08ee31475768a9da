"""The activity log as rows of a file."""

from typing import Any

from activitylog.models import ActivityLog

COLUMNS = (
    *("occurred_at", "description", "event", "entity_type", "entity_id", "entity_name", "action", "changes"),
    *(
        "actor_kind",
        "actor_id",
        "actor_label",
        "on_behalf_of_id",
        "organization_id",
        "correlation_id",
        "causation_id",
        "causing_handler",
        "event_id",
    ),
)


def cells(activity: ActivityLog) -> list[Any]:
    return [_cell(activity, column) for column in COLUMNS]


def _cell(activity: ActivityLog, column: str) -> Any:
    value = getattr(activity, column)
    if column == "occurred_at":
        return value.isoformat()
    if column == "changes":
        return "; ".join(f"{change['field']}: {change['old']} → {change['new']}" for change in value)
    return value
