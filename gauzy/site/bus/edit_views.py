"""Giving a handler other data than those that kill it. The event itself stays as it was published."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from gauzy.eventops.exceptions import EventNotFound
from gauzy.eventops.services import data_to_edit, edit_delivery
from gauzy.exceptions import DomainError
from gauzy.site.bus.presenting import link_to_event
from gauzy.site.bus.views import BusPage
from gauzy.site.forms import show_refusal
from gauzy.site.roles import REPAIR_BUS, VIEW_PERSONAL_DATA

LONG = 60  # characters, from which on a value has a box of several lines


class PayloadForm(forms.Form):
    """A field for each of the event's: texts as they are, everything else as JSON."""

    def __init__(self, payload: Mapping[str, Any], data: Any = None) -> None:
        super().__init__(data, prefix="payload")
        self.payload = payload
        for name, value in payload.items():
            self.fields[name] = forms.CharField(required=False, strip=False, label=name, initial=_shown(value))

    def boxes(self) -> list[tuple[Any, str]]:
        """Return each field with the type of its box."""
        return [(field, "textarea" if _is_long(str(field.initial)) else "text") for field in self]

    def edited(self) -> dict[str, Any]:
        """Return what was changed, by name. (Browsers write line ends in their own way.)"""
        entered = {name: text.replace("\r\n", "\n") for name, text in self.cleaned_data.items()}
        shown = {name: _shown(value).replace("\r\n", "\n") for name, value in self.payload.items()}
        return {name: _read(text, self.payload[name]) for name, text in entered.items() if text != shown[name]}


class EditPage(BusPage):
    """Edits what a handler reads of an event that it gave up, and makes it due again."""

    permission = REPAIR_BUS
    template_name = "gauzy_site/bus/edit.html"
    title = "Edit and retry"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not request.user.has_perm(VIEW_PERSONAL_DATA):
            raise PermissionDenied("Your role does not see what the event says.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._page(kwargs["event_id"])

    def post(self, request: HttpRequest, event_id: UUID) -> HttpResponse:
        return self._page(event_id, request.POST)

    def _page(self, event_id: UUID, entered: Any = None) -> HttpResponse:
        delivery = self._delivery(event_id)
        try:
            form = PayloadForm(data_to_edit(**delivery), entered)
        except EventNotFound:
            raise
        except DomainError as refusal:
            messages.error(self.request, refusal.message)
            return redirect(self._event_page(event_id))
        if form.is_valid() and self._edit(form, delivery):
            messages.success(self.request, f"{delivery['handler']} reads the edited event within seconds.")
            return redirect(self._event_page(event_id))
        shown = {"event_page": self._event_page(event_id), "form": form}
        return self.render_to_response(self.get_context_data(**shown, **delivery))

    def _edit(self, form: PayloadForm, delivery: dict[str, Any]) -> bool:
        fields = form.edited()
        if not fields:
            form.add_error(None, "Nothing is changed. To try it again as it is, retry it.")
            return False
        try:
            edit_delivery(fields=fields, **delivery)
        except DomainError as refusal:
            show_refusal(form, refusal)
        return form.is_valid()

    def _event_page(self, event_id: UUID) -> str:
        wanted = urlencode({"tenant": self.request.GET.get("tenant", "")})
        return f"{link_to_event(event_id)}?{wanted}" if "tenant" in self.request.GET else link_to_event(event_id)

    def _delivery(self, event_id: UUID) -> dict[str, Any]:
        named = self.request.GET
        handler, target = named.get("handler", ""), named.get("target", "")
        return {"event_id": event_id, "handler": handler, "target": target, "tenant_id": self.tenant_id}


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _is_long(text: str) -> bool:
    return len(text) > LONG or "\n" in text


def _read(text: str, before: Any) -> Any:
    """Read what was entered as the kind of value that stood there; what is no JSON is a text."""
    if isinstance(before, str):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
