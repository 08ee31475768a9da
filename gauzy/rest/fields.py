from datetime import datetime
from typing import Any

from rest_framework import serializers


class InstantField(serializers.DateTimeField):
    """A moment in RFC 3339. One without an offset is refused: nobody should guess whose clock was meant."""

    default_error_messages = {"no_offset": "Give the offset from UTC, as in 2026-03-02T09:00:00+01:00 or …Z."}

    def enforce_timezone(self, value: datetime) -> Any:
        if value.tzinfo is None:
            self.fail("no_offset")
        return super().enforce_timezone(value)
