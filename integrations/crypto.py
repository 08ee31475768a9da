"""Secrets at rest: encrypted with the first of the setting `ENCRYPTION_KEYS`, readable with any of them.

To rotate, put a new key in front, run `manage.py integrations rotate-keys`, then drop the old one.
"""

import base64
import hashlib
import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(Exception):
    """None of the keys in `ENCRYPTION_KEYS` is the one that this was encrypted with."""


def seal(secrets: Mapping[str, str]) -> str:
    """Return the secrets as one encrypted text."""
    return _keys().encrypt(json.dumps(dict(secrets)).encode()).decode()


def unseal(sealed: str) -> dict[str, str]:
    """Return what `seal` was given; raise `Unreadable`."""
    if not sealed:
        return {}
    try:
        found: dict[str, str] = json.loads(_keys().decrypt(sealed.encode()))
    except InvalidToken as error:
        raise Unreadable("Put the key this was encrypted with back into ENCRYPTION_KEYS.") from error
    return found


def reseal(sealed: str) -> str:
    """Return the same secrets, encrypted with the newest key."""
    return seal(unseal(sealed)) if sealed else sealed


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(_stretch(key)) for key in settings.ENCRYPTION_KEYS])


def _stretch(key: str) -> bytes:
    """Take keys of any length; they are random, so hashing brings them to the right one."""
    return base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())
