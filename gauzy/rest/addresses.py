"""Where a request comes from."""

from typing import Any

from rest_framework.settings import api_settings


def client_address(request: Any) -> str:
    """Return the network address of the client; only `TRUSTED_PROXIES` may say another than the connection's."""
    nearest: str = request.META.get("REMOTE_ADDR") or ""
    proxies = api_settings.NUM_PROXIES or 0
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    return forwarded[-min(proxies, len(forwarded))] if proxies and forwarded else nearest
