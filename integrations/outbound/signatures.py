"""Standard Webhooks (https://www.standardwebhooks.com): who sent it, when, and that nobody changed it."""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping

PREFIX = "whsec_"
TOLERANCE = 300  # seconds that a message's time may differ from the receiver's
_KEY_BYTES = 32


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def signed_headers(keys: Iterable[str], *, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the three headers; several keys, while they rotate, give several signatures of which one must fit."""
    signatures = " ".join(f"v1,{_signature(key, message_id, timestamp, body)}" for key in keys)
    return {"webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": signatures}


def is_genuine(key: str, headers: Mapping[str, str], body: bytes, *, now: int) -> bool:
    """Tell, as a receiver would, whether one of the signatures fits and the message is fresh."""
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not (timestamp.isascii() and timestamp.isdigit()) or abs(now - int(timestamp)) > TOLERANCE:
        return False
    expected = f"v1,{_signature(key, message_id, int(timestamp), body)}"
    given = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(expected.encode(), one.encode()) for one in given)


def is_key(secret: str) -> bool:
    """Tell whether the text is a secret of the standard's form."""
    try:
        return 24 <= len(_key_bytes(secret)) <= 64
    except binascii.Error:
        return False


def _signature(key: str, message_id: str, timestamp: int, body: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode() + body
    return base64.b64encode(hmac.new(_key_bytes(key), signed, hashlib.sha256).digest()).decode()


def _key_bytes(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
