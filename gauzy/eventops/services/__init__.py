"""What operators change; `tenant_id` None means whatever the tenant: for operators only."""

from gauzy.eventops.services.editing import data_to_edit, edit_delivery
from gauzy.eventops.services.repairing import (
    LONGEST_REASON,
    retry_deliveries,
    retry_delivery,
    skip_delivery,
)
from gauzy.eventops.services.replaying import advance_replay, backfill_some, start_replay
from gauzy.eventops.services.resting import pause, resume

__all__ = [
    "LONGEST_REASON",
    "advance_replay",
    "backfill_some",
    "data_to_edit",
    "edit_delivery",
    "pause",
    "resume",
    "retry_deliveries",
    "retry_delivery",
    "skip_delivery",
    "start_replay",
]
