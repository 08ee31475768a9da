"""Pieces of pages that admins put into columns and fields."""

from django.utils.html import format_html
from django.utils.safestring import SafeString


def chip(text: object, tone: str = "") -> SafeString:
    """Return `text` on a coloured ground; `tone` is "", "good", "info", "warning" or "danger"."""
    return format_html('<span class="gz-label-chip gz-{}">{}</span>', tone, text)


def link(url: str, text: object) -> SafeString:
    return format_html('<a class="gz-link" href="{}">{}</a>', url, text)
