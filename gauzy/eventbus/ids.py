"""Identifiers: UUIDv7 (RFC 9562), whose order is that of their making to the millisecond."""

import time
from random import getrandbits  # the module's own generator: it reseeds itself in a forked child
from uuid import UUID, SafeUUID

_VERSION_7 = 7 << 76
_VARIANT = 2 << 62
_UNKNOWN_SAFETY = SafeUUID.unknown


def uuid7() -> UUID:
    """Return a new id. Ids made in one millisecond have no order among themselves: never use one as a sequence."""
    milliseconds = time.time_ns() // 1_000_000
    made = object.__new__(UUID)  # UUID.__init__ costs three times as much
    object.__setattr__(
        made, "int", milliseconds << 80 | _VERSION_7 | getrandbits(12) << 64 | _VARIANT | getrandbits(62)
    )
    object.__setattr__(made, "is_safe", _UNKNOWN_SAFETY)
    return made
