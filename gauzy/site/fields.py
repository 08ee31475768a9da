"""Form fields that several admins offer, in the admin's looks."""

from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from gauzy.organizations.validators import time_zones


def text_field(**options: Any) -> forms.CharField:
    return forms.CharField(widget=UnfoldAdminTextInputWidget(), **options)


def long_text_field(**options: Any) -> forms.CharField:
    return forms.CharField(widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}), **options)


def email_field(**options: Any) -> forms.EmailField:
    return forms.EmailField(widget=UnfoldAdminEmailInputWidget(), **options)


def time_zone_field(*, empty: str = "", **options: Any) -> forms.ChoiceField:
    """Offer every time zone; `empty` is how having none reads, where that is allowed."""

    def choices() -> list[tuple[str, str]]:
        return [*([("", empty)] if empty else []), *((name, name) for name in sorted(time_zones()))]

    return forms.ChoiceField(choices=choices, required=not empty, widget=UnfoldAdminSelectWidget(), **options)
