from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from gauzy.site.fields import long_text_field
from gauzy.site.html import chip
from gauzy.site.navigation import Entry, Task
from gauzy.site.panels import object_panels
from gauzy.site.parts import Card
from gauzy.site.unfolded import DialogForm, dialog_action, page_action
from timetracking.admin.base import TimeAdmin
from timetracking.admin.queue import queue_page, waiting
from timetracking.choices import TimesheetMove, TimesheetStatus
from timetracking.intervals import format_duration
from timetracking.models import Timesheet
from timetracking.selectors import timesheets as selectors
from timetracking.selectors.weeks import week_of
from timetracking.services import timesheets as services

TONES = {
    TimesheetStatus.SUBMITTED: "info",
    TimesheetStatus.APPROVED: "good",
    TimesheetStatus.REJECTED: "danger",
}
# What each action does, to offer those that may come from the timesheet's state.
_MOVES = {
    "submit": TimesheetMove.SUBMIT,
    "approve": TimesheetMove.APPROVE,
    "reject": TimesheetMove.REJECT,
    "reopen": TimesheetMove.REOPEN,
}


class ReasonForm(DialogForm):
    reason = long_text_field(max_length=500, help_text="The employee reads it.")


@admin.register(Timesheet)
class TimesheetAdmin(TimeAdmin):
    """A timesheet is written by its logs and changed by its moves alone; there is nothing to edit."""

    navigation = (
        Entry(Task.TIME, "Approvals", "fact_check", "timetracking_timesheet_queue", rank=0),
        Entry(Task.TIME, "Timesheets", "calendar_view_week", "timetracking_timesheet_changelist"),
    )
    empty_hint = "The first time log of a week makes its timesheet."
    list_display = ("employee", "period_start", "hours", "billable_hours", "state", "submitted_at", "organization")
    list_filter = ("status", "organization", "period_start")
    list_select_related = ("employee", "organization")
    search_fields = ("employee__first_name", "employee__last_name")
    ordering = ("-period_start", "employee__last_name", "-id")
    fields = ("employee", ("period_start", "state"), ("hours", "billable_hours"), ("submitted_at", "decided_at"))
    actions_list = ("queue",)
    actions_detail = ("submit", "approve", "reject", "reopen")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Timesheet]:
        return selectors.visible_timesheets()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_decide_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("timetracking.change_timesheet")

    def prepare(self, rows: Any) -> None:
        _add_totals(rows)

    def changeform_view(
        self, request: Any, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        panels = {}
        if object_id and self.has_view_permission(request):
            sheet = self.get_object(request, object_id)
            panels = {"object_panels": [_grid(sheet), _history(sheet), *object_panels(request, object_id)]}
        return super().changeform_view(request, object_id, form_url, panels | (extra_context or {}))

    # --- columns ------------------------------------------------------------------------------------------------------

    @admin.display(description="state", ordering="status")
    def state(self, sheet: Timesheet) -> str:
        return chip(TimesheetStatus(sheet.status).label, TONES.get(TimesheetStatus(sheet.status), ""))

    @admin.display(description="hours")
    def hours(self, sheet: Any) -> str:
        return _totals(sheet).as_text()[0]

    @admin.display(description="billable")
    def billable_hours(self, sheet: Any) -> str:
        return _totals(sheet).as_text()[1]

    # --- actions ------------------------------------------------------------------------------------------------------

    def fitting_actions(self, obj: Timesheet) -> Collection[str]:
        """Return the moves that the timesheet's state allows."""
        return [name for name, move in _MOVES.items() if obj.status in services.MOVES[move][0]]

    @dialog_action(
        label="Submit",
        question="You hand the week in on the employee's behalf. Its time is locked from then on.",
        icon="send",
        permissions=["decide"],
    )
    def submit(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._move(request, object_id, services.submit_timesheet, "submitted")

    @dialog_action(label="Approve", question="The week stays locked.", icon="check", permissions=["decide"])
    def approve(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._move(request, object_id, services.approve_timesheet, "approved")

    @dialog_action(
        label="Reject",
        question="The week is open to its employee again, who is told why.",
        icon="undo",
        permissions=["decide"],
        form=ReasonForm,
        variant="danger",
    )
    def reject(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        decide = partial(services.reject_timesheet, reason=form.cleaned_data["reason"])
        return self._move(request, object_id, decide, "sent back")

    @dialog_action(
        label="Reopen",
        question="What was approved is open again, and its employee is told why.",
        icon="lock_open",
        permissions=["decide"],
        form=ReasonForm,
        variant="danger",
    )
    def reopen(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        decide = partial(services.reopen_timesheet, reason=form.cleaned_data["reason"])
        return self._move(request, object_id, decide, "open again")

    def _move(self, request: HttpRequest, object_id: str, move: Callable[..., Any], done: str) -> HttpResponse:
        sheet = self.get_object(request, object_id)
        act = partial(move, timesheet_id=sheet.pk)
        return self.carry_out(request, object_id, act, done=f"The {sheet} of {sheet.employee} is {done}.")

    @page_action(label="Approvals", icon="fact_check", permissions=["decide"], path="queue")
    def queue(self, request: HttpRequest) -> HttpResponse:
        return queue_page(self, request)

    # --- dashboard ----------------------------------------------------------------------------------------------------

    def cards(self, request: HttpRequest) -> Iterable[Card]:
        """Say how many weeks wait for a decision."""
        count = waiting().count()
        link = reverse("admin:timetracking_timesheet_queue")
        return [Card("Approvals", count, "weeks wait for a decision", link, "fact_check", "warning" if count else "")]


def _add_totals(sheets: Iterable[Any]) -> None:
    found = list(sheets)
    totals = selectors.totals_of(found)
    for sheet in found:
        sheet.totals = totals[sheet.pk]


def _totals(sheet: Any) -> selectors.Totals:
    if not hasattr(sheet, "totals"):
        _add_totals([sheet])
    totals: selectors.Totals = sheet.totals
    return totals


def _grid(sheet: Timesheet) -> Any:
    week = week_of(sheet)
    rows = [
        (
            row.title,
            [(day, _hours(seconds)) for day, seconds in zip(week.days, row.days, strict=True)],
            _hours(row.total),
        )
        for row in (*week.rows, week.all)
    ]
    logs = f"{reverse('admin:timetracking_timelog_changelist')}?employee__id__exact={sheet.employee_id}"
    context = {"days": week.days, "rows": rows if week.rows else [], "logs": logs}
    return render_to_string("timetracking/week.html", context)


def _history(sheet: Timesheet) -> Any:
    entries = [(entry, format_duration(entry.seconds)) for entry in sheet.history.all()]
    return render_to_string("timetracking/history.html", {"entries": entries})


def _hours(seconds: int) -> str:
    return format_duration(seconds) if seconds else "–"
