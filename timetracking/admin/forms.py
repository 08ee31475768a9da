"""Times in forms are read and shown on the employee's own clock."""

from datetime import UTC
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSplitDateTimeWidget

from gauzy.exceptions import DomainError
from gauzy.site.unfolded import DialogForm
from timetracking.admin.base import TimeForm
from timetracking.calendar import resolve_local
from timetracking.selectors.people import zone_of

_TIMES = ("started_at", "stopped_at")


def _clock_field(**options: Any) -> Any:
    return forms.SplitDateTimeField(widget=UnfoldAdminSplitDateTimeWidget(), **options)


class TimeLogForm(TimeForm):
    started_at = _clock_field(label="Started", help_text="On the employee's clock.")
    stopped_at = _clock_field(label="Stopped")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in _TIMES:
            if name in self.fields and (moment := getattr(self.instance, name)):
                zone = zone_of(self.instance.employee)
                self.initial[name] = _as_shown(moment.astimezone(zone))
                self.fields[name].help_text = f"On the employee's clock ({zone.key})."

    def clean(self) -> dict[str, Any] | None:
        employee = self.cleaned_data.get("employee") or getattr(self.instance, "employee", None)
        for name in _TIMES:
            if employee and (shown := self.cleaned_data.get(name)):
                try:
                    self.cleaned_data[name] = resolve_local(shown.replace(tzinfo=None), zone_of(employee))
                except DomainError as refusal:
                    self.add_error(name, refusal.message)
        return super().clean()


class SplitForm(DialogForm):
    at = _clock_field(label="At", help_text="On the employee's clock.")


def _as_shown(local: Any) -> Any:
    """Return a local time as one that the admin, which shows UTC, shows with the same digits."""
    return local.replace(tzinfo=UTC)
