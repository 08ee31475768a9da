"""How often. Rates are the setting `THROTTLE_RATES`: scope -> "10/min", or None for no limit."""

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle


class ScopedThrottle(SimpleRateThrottle):
    """Counts by network address; a subclass names its `scope`."""

    def get_rate(self) -> str | None:
        rate: str | None = settings.THROTTLE_RATES[str(self.scope)]
        return rate

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        return f"throttle:{self.scope}:{self.get_ident(request)}"
