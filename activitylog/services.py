from collections.abc import Sequence
from typing import Any

from django.db import transaction

from activitylog.models import ActivityLog
from gauzy import eventbus as bus
from gauzy.eventbus import Change, Delivered


@transaction.atomic
def record(deliveries: Sequence[Delivered]) -> None:
    """Write one row per event, in one statement; an event that has its row already keeps it."""
    ActivityLog.objects.bulk_create([_entry(delivered) for delivered in deliveries], ignore_conflicts=True)


def _entry(delivered: Delivered) -> ActivityLog:
    event, meta = delivered.event, delivered.meta
    event_type = bus.catalogue.event(meta.name)
    return ActivityLog(
        tenant_id=meta.tenant_id,
        organization_id=getattr(event, "organization_id", None),
        event_id=meta.event_id,
        event=meta.name,
        entity_type=event_type.entity_type,
        entity_id=event_type.subject_of(event),
        action=event_type.action or "",
        actor_kind=meta.actor.kind,
        actor_id=meta.actor.id,
        actor_label=meta.actor.label,
        on_behalf_of_id=meta.actor.on_behalf_of_id,
        summary=event_type.describe(event),
        changes=_changes(getattr(event, "changes", ()), event_type.personal_fields),
        correlation_id=meta.correlation_id,
        causation_id=meta.causation_id,
        causing_handler=meta.causing_handler,
        occurred_at=meta.occurred_at,
    )


def _changes(changes: Sequence[Change], personal_fields: frozenset[str]) -> list[dict[str, Any]]:
    """Personal is a change of a field that the event marks, or any change if it marks `changes` as a whole."""
    return [
        {
            "field": change.field,
            "old": change.old,
            "new": change.new,
            "personal": not personal_fields.isdisjoint({change.field, "changes"}),
        }
        for change in changes
    ]
