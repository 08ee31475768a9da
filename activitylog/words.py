"""Differences as people say them."""

from typing import Any


def in_words(change: dict[str, Any]) -> str:
    """Return a change of `{field, old, new}` as a sentence: "Job title changed from “Clerk” to “Admiral”"."""
    field = change["field"].removesuffix("_id").replace("_", " ").capitalize()
    old, new = _word(change["old"]), _word(change["new"])
    if not old:
        return f"{field} set to {new}"
    if not new:
        return f"{field} removed (it was {old})"
    return f"{field} changed from {old} to {new}"


def _word(value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return f"“{value}”" if isinstance(value, str) else str(value)
