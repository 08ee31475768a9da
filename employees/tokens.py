"""The secrets in the links of invites.

A row keeps a random seed and the digest of its token. The token follows from the seed and the installation's secret
key, so that a mail which has to be sent again carries the same link, and the database alone opens nothing.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

_SALT = "employees.invite"


def new_seed() -> str:
    return secrets.token_hex(32)


def token_of(seed: str) -> str:
    return salted_hmac(_SALT, seed, algorithm="sha256").hexdigest()


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def expiry(days: int) -> datetime:
    """Return the moment from which a link that is sent now is no good any more."""
    return timezone.now() + timedelta(days=days)


def invite_url(seed: str) -> str:
    return settings.PUBLIC_URL + reverse("invite", args=[token_of(seed)])
