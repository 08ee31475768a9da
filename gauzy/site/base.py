"""Bases of every admin. Django's admin writes on its own in five places; these refuse until a service does it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from gauzy.exceptions import DomainError, NotFound
from gauzy.site import lists
from gauzy.site.exceptions import NotRouted
from gauzy.site.forms import ServiceForm
from gauzy.site.navigation import Entry
from gauzy.site.panels import object_panels
from gauzy.site.parts import Card, Panel
from gauzy.site.roles import VIEW_BUS
from gauzy.site.unfolded import InfinitePaginator, ModelAdmin


class GuardedAdmin(ModelAdmin):
    """Changes, deletes and counts nothing by itself. `navigation`, `cards` and `panels` place it in the site.

    `empty_hint` says what brings the first row. Every list keeps its order and can be had as CSV; every object's page
    ends with the panels that apps registered (`site/panels.py`).
    """

    navigation: ClassVar[Sequence[Entry]] = ()
    shows_events: ClassVar[bool] = False  # behind the button "History" of an object's page
    empty_hint: ClassVar[str] = ""
    list_after_template = "gauzy_site/below_list.html"
    change_form_outer_after_template = "gauzy_site/object_panels.html"
    show_full_result_count = False
    show_facets = ShowFacets.NEVER  # they count
    list_per_page = 50

    def prepare(self, rows: Sequence[Any]) -> None:
        """Add to the rows of a page, or of an export, what their columns show, in a fixed number of queries."""

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist: Any = super().get_changelist_instance(request)
        self.prepare(changelist.result_list)
        return changelist

    def cards(self, request: HttpRequest) -> Iterable[Card]:
        """Return figures for the dashboard; asked only for those who may view the model."""
        return ()

    def panels(self, request: HttpRequest) -> Iterable[Panel]:
        """Return charts for the dashboard, as `cards`."""
        return ()

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return a row that the admin shows, or answer 404: a foreign id is as unknown as any other."""
        if found := super().get_object(request, object_id, from_field):
            return found
        raise Http404(f"There is no such {self.opts.verbose_name}.")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        raise NotRouted(self, "save_model")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        raise NotRouted(self, "save_related")

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        raise NotRouted(self, "save_formset")

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        raise NotRouted(self, "delete_model")

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        raise NotRouted(self, "delete_queryset")

    def changeform_view(
        self, request: Any, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        has_history = self.shows_events and request.user.has_perm(VIEW_BUS)
        panels = object_panels(request, object_id) if request.method == "GET" else []
        shown = {"show_history": has_history, "object_panels": panels} | (extra_context or {})
        return super().changeform_view(request, object_id, form_url, shown)

    def changelist_view(self, request: Any, extra_context: Any = None) -> Any:
        """Show the list in the order last chosen, or hand it over as CSV."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        if lists.EXPORT in request.GET:
            return lists.export(self, request)
        lists.remember_order(self, request)
        return super().changelist_view(request, extra_context)

    # Django's own log would be a second one, which misses what other doors do: the event is the record.
    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any: ...
    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any: ...
    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any: ...

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Show the object's events instead of Django's log."""
        return redirect(f"{reverse('admin:bus_events')}?subject={object_id}")


class ReadOnlyAdmin(GuardedAdmin):
    """For looking at; endless lists are paged without counting them."""

    paginator = InfinitePaginator

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ServiceModelAdmin(GuardedAdmin):
    """Hands what people enter to services: override `create`, `update` or both.

    A `DomainError` comes back on the form, beside the field it names, with the input as it was and nothing written.
    """

    form = ServiceForm
    shows_events = True
    actions_detail: ClassVar[Sequence[str]] = ()

    def create(self, values: Mapping[str, Any]) -> Any:
        """Call the service that makes a new row of the form's values, and return the row."""
        raise NotRouted(self, "create")

    def update(self, obj: Any, values: Mapping[str, Any]) -> None:
        """Call the service that changes a row; `values` holds what differs from the row as the form was read."""
        raise NotRouted(self, "update")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            self.update(obj, {name: form.cleaned_data[name] for name in form.changed_data})
        else:
            vars(obj).update(vars(self.create(form.cleaned_data)))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        if formsets:
            super().save_related(request, form, formsets, change)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        return type(form)(form.__name__, (form,), {"refusal": getattr(request, "refusal", None)})

    def changeform_view(
        self, request: Any, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as refusal:
            if isinstance(refusal, NotFound) and not refusal.fields:
                raise  # the row itself is gone
            # Its transaction is rolled back. The second time the form does not validate, and is shown with its input.
            request.refusal = refusal
            return super().changeform_view(request, object_id, form_url, extra_context)

    def fitting_actions(self, obj: Any) -> Collection[str]:
        """Return those of `actions_detail` that make sense for a row as it is."""
        return self.actions_detail

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Offer what fits the row and the user's permissions."""
        offered: list[Any] = super().get_actions_detail(request, object_id)  # type: ignore[misc]  # Unfold's
        if not offered:
            return []
        fitting = tuple(f"_{name}" for name in self.fitting_actions(self.get_object(request, object_id)))
        return [action for action in offered if action.action_name.endswith(fitting)]

    def carry_out(self, request: HttpRequest, object_id: str, act: Callable[[], object], done: str) -> HttpResponse:
        """Act for a dialog; answer with the object's page, which tells that it is done or why it was refused."""
        try:
            act()
        except NotFound:
            raise
        except DomainError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, done)
        return _to(request, reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=(object_id,)))

    def to_address(self, request: HttpRequest, address: str) -> HttpResponse:
        """Answer a dialog that leads away from here."""
        return _to(request, address)

    def to_list(self, request: HttpRequest) -> HttpResponse:
        """Answer a dialog after which the object has no page any more."""
        return _to(request, reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))


def _to(request: HttpRequest, page: str) -> HttpResponse:
    return HttpResponse(headers={"HX-Redirect": page}) if "HX-Request" in request.headers else redirect(page)
