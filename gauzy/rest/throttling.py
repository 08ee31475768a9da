"""How often. Rates are the setting `THROTTLE_RATES`: scope -> "10/min", or None for no limit."""

import re
import time
from dataclasses import dataclass
from math import ceil
from typing import Any, ClassVar

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from gauzy import context
from gauzy.rest.addresses import client_address

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_RATE = re.compile(r"(\d+)/([smhd])[a-z]*")


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left of a limit: `remaining` requests until `reset` seconds have passed; negative: one too many."""

    limit: int
    remaining: int
    reset: int

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(self.remaining, 0)),
            "RateLimit-Reset": str(self.reset),
        }


class ScopedThrottle(BaseThrottle):
    """Counts by network address in windows that begin with a first request; a subclass names its `scope`.

    Counting is one atomic step, so parallel requests do not slip through together. `quota` is known after
    `allow_request`, where there is a limit.
    """

    scope: ClassVar[str]
    quota: Quota | None = None

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        return f"throttle:{self.scope}:{client_address(request)}"

    def allow_request(self, request: Request, view: Any) -> bool:
        limit, seconds = parse_rate(settings.THROTTLE_RATES[self.scope])
        key = self.get_cache_key(request, view) if limit else None
        if key is None:
            return True
        self.quota = _take(key, limit, seconds)
        return self.quota.remaining >= 0

    def wait(self) -> float | None:
        return self.quota.reset if self.quota else None


class PrincipalThrottle(ScopedThrottle):
    """Counts everything that one user or key, or one address of nobody's, asks of the API."""

    scope = "api"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        actor = context.current().actor
        who = f"{actor.kind}:{actor.id}" if actor.id else client_address(request)
        return f"throttle:{self.scope}:{who}"


def parse_rate(rate: str | None) -> tuple[int, int]:
    """Return how many in how many seconds; (0, 0): no limit."""
    if not rate:
        return 0, 0
    if not (found := _RATE.fullmatch(rate)):
        raise ValueError(f"{rate!r} is no rate such as 10/min.")
    return int(found[1]), _SECONDS[found[2]]


def _take(key: str, limit: int, seconds: int) -> Quota:
    now = time.time()
    ends = cache.get_or_set(f"{key}:ends", now + seconds, seconds) or now + seconds
    counter = f"{key}:{ends}"
    cache.add(counter, 0, seconds)
    try:
        taken = cache.incr(counter)
    except ValueError:  # it ended in between
        taken = 1
    return Quota(limit, limit - taken, max(ceil(ends - now), 1))
