from collections.abc import Mapping
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.widgets import UnfoldAdminSingleDateWidget

from gauzy.site.navigation import Entry, Task
from gauzy.site.unfolded import DialogForm, dialog_action
from timetracking.admin.base import TimeAdmin, by_id
from timetracking.models import Rate
from timetracking.selectors import projects as selectors
from timetracking.services import rates as services


class LastDayForm(DialogForm):
    valid_until = forms.DateField(
        label="Last day", required=False, widget=UnfoldAdminSingleDateWidget(), help_text="Empty: it goes on."
    )


@admin.register(Rate)
class RateAdmin(TimeAdmin):
    """For owners and administrators. A rate is not edited: it ends, and another begins."""

    navigation = (
        Entry(Task.PROJECTS, "Rates", "payments", "timetracking_rate_changelist", "timetracking.view_rate", 2),
    )
    empty_hint = "Add what an hour costs: of everybody, of a project, of an employee."
    list_display = ("applies_to", "amount", "currency", "valid_from", "valid_until", "organization")
    list_filter = ("subject", "organization", "currency")
    list_select_related = ("organization", "employee", "project", "task")
    ordering = ("-valid_from", "-id")
    fields = ("organization", ("project", "employee"), "task", ("amount", "currency"), ("valid_from", "valid_until"))
    actions_detail = ("end_rate",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Rate]:
        return selectors.rates()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_end_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("timetracking.add_rate")

    def create(self, values: Mapping[str, Any]) -> Rate:
        return services.create_rate(**by_id(values))

    @admin.display(description="applies to", ordering="subject")
    def applies_to(self, rate: Rate) -> str:
        named = [str(one) for one in (rate.task, rate.project, rate.employee) if one]
        return f"{rate.get_subject_display()}: {', '.join(named)}" if named else rate.get_subject_display()

    @dialog_action(
        label="Set the last day",
        question="Logs keep the rate that they have; recomputing is another step.",
        icon="event_busy",
        permissions=["end"],
        form=LastDayForm,
    )
    def end_rate(self, request: HttpRequest, form: LastDayForm, object_id: str) -> HttpResponse:
        rate = self.get_object(request, object_id)
        act = partial(services.end_rate, rate_id=rate.pk, valid_until=form.cleaned_data["valid_until"])
        return self.carry_out(request, object_id, act, done="The last day is set.")
