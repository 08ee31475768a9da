"""Texts that operators read: personal data masked, and nothing in them that a database refuses."""

import re
from collections.abc import Iterable

MASK = "[redacted]"
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # NUL on PostgreSQL, lone surrogates anywhere
_SHORTEST = 3  # masking shorter values would shred the text


def storable(text: str) -> str:
    """Return `text` with U+FFFD for each character that a text column cannot hold."""
    return _UNSTORABLE.sub("\ufffd", text)


def redacted(text: str, personal: Iterable[str] = ()) -> str:
    """Return `text` without e-mail addresses and without the given personal values, fit to be stored."""
    for value in sorted((value for value in personal if len(value) >= _SHORTEST), key=len, reverse=True):
        text = text.replace(value, MASK)
    return _EMAIL.sub(MASK, storable(text))
