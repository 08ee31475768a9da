"""What operators change; `tenant_id` None means whatever the tenant: for operators only."""

from gauzy.eventops.services.repairing import (
    LONGEST_REASON,
    retry_deliveries,
    retry_delivery,
    skip_delivery,
)
from gauzy.eventops.services.resting import pause, resume

__all__ = ["LONGEST_REASON", "pause", "resume", "retry_deliveries", "retry_delivery", "skip_delivery"]
