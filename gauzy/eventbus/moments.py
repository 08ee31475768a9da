from datetime import UTC, datetime, timedelta
from uuid import UUID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_VERSION_7 = 7 << 76


def first_id_at(moment: datetime) -> UUID:
    """Return the smallest UUIDv7 that can be made at `moment`: events are found by time through their primary key."""
    milliseconds = max((moment - _EPOCH) // timedelta(milliseconds=1), 0)
    return UUID(int=milliseconds << 80 | _VERSION_7)
