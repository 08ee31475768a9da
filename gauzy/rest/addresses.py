"""Where a request comes from."""

from typing import Any

from rest_framework.throttling import BaseThrottle


def client_address(request: Any) -> str:
    """Return the network address of the client; only `TRUSTED_PROXIES` may say another than the connection's."""
    return BaseThrottle().get_ident(request) or ""
