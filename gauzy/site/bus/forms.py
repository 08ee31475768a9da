from typing import Any

from django import forms

from gauzy.eventbus import catalogue

RATES = [(0, "As fast as it goes"), (10, "10 events a second"), (100, "100 events a second")]


class EventFilter(forms.Form):
    """What the list of events is narrowed to; times are UTC."""

    name = forms.ChoiceField(required=False, label="Event", choices=lambda: [("", "Every event"), *_event_names()])
    subject = forms.CharField(required=False, max_length=60, label="Id of what it is about")
    correlation = forms.UUIDField(required=False, label="Correlation id")
    since = forms.DateTimeField(required=False, label="Since (UTC)")
    until = forms.DateTimeField(required=False, label="Until (UTC)")
    before = forms.UUIDField(required=False)  # where the page before ended

    def filters(self) -> dict[str, Any]:
        """Return the filters given, as `eventops.selectors.events` calls them."""
        given = {
            "name": self.cleaned_data["name"],
            "subject_id": self.cleaned_data["subject"].strip(),
            "correlation_id": self.cleaned_data["correlation"],
            "since": self.cleaned_data["since"],
            "until": self.cleaned_data["until"],
        }
        return {name: value for name, value in given.items() if value}


class LiveFilter(forms.Form):
    name = forms.ChoiceField(required=False, label="Event", choices=lambda: [("", "Every event"), *_event_names()])
    subject = forms.CharField(required=False, max_length=60, label="Id of what it is about")

    def filters(self) -> dict[str, Any]:
        given = {"name": self.cleaned_data["name"], "subject_id": self.cleaned_data["subject"].strip()}
        return {name: value for name, value in given.items() if value}


class ReplayForm(forms.Form):
    """What a replay takes; times are UTC, and `until` is not included."""

    handler = forms.ChoiceField(choices=lambda: [("", "Choose"), *_handler_ids()])
    event = forms.ChoiceField(required=False, choices=lambda: [("", "Every event it takes"), *_event_names()])
    since = forms.DateTimeField(label="Since (UTC)")
    until = forms.DateTimeField(label="Until (UTC)")
    rate = forms.ChoiceField(required=False, label="Pace", choices=RATES)

    def clean(self) -> dict[str, Any]:
        chosen = self.cleaned_data
        if "since" in chosen and "until" in chosen and chosen["since"] >= chosen["until"]:
            self.add_error("until", "This is not after the beginning.")
        return chosen

    @property
    def pace(self) -> int:
        """Events a second; 0: as fast as it goes."""
        return int(self.cleaned_data["rate"] or 0)

    def chosen(self) -> dict[str, Any]:
        """Return what `start_replay` takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "rate"}


class DeadFilter(forms.Form):
    handler = forms.ChoiceField(required=False, choices=lambda: [("", "Every handler"), *_handler_ids()])
    event = forms.ChoiceField(required=False, choices=lambda: [("", "Every event"), *_event_names()])

    def filters(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value}


def _event_names() -> list[tuple[str, str]]:
    return [(event_type.name, f"{event_type.label} ({event_type.name})") for event_type in catalogue.events]


def _handler_ids() -> list[tuple[str, str]]:
    return [(handler.id, handler.id) for handler in catalogue.handlers]
