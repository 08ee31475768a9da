"""Masking personal data in texts that operators read."""

import re
from collections.abc import Iterable

MASK = "[redacted]"
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SHORTEST = 3  # masking shorter values would shred the text


def redacted(text: str, personal: Iterable[str] = ()) -> str:
    """Return `text` without e-mail addresses and without the given personal values."""
    for value in sorted((value for value in personal if len(value) >= _SHORTEST), key=len, reverse=True):
        text = text.replace(value, MASK)
    return _EMAIL.sub(MASK, text)
