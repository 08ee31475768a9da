"""Questions about the bus's tables that any layer may ask; the operators' are in `gauzy.eventops`."""

from uuid import UUID

from gauzy.eventbus.models import Delivery, StoredEvent


def count_owed(*, correlation_id: UUID) -> int:
    """Count the deliveries still waiting for the events of one piece of work (a command, a request)."""
    events = StoredEvent.objects.filter(correlation_id=correlation_id).values("id")
    return Delivery.objects.filter(event_id__in=events, dead_at__isnull=True).count()
