"""The secrets of access tokens and API keys."""

import hashlib
import secrets

PREFIX = "gzy_"
KEY_PREFIX = "gzk_"
SHOWN_CHARACTERS = 12


def new_secret(prefix: str = PREFIX) -> str:
    return prefix + secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """Return what is stored instead of a secret. It has 256 random bits, so it needs neither salt nor stretching."""
    return hashlib.sha256(secret.encode()).hexdigest()
