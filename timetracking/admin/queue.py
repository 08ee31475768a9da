"""The weeks that wait for the actor's decision, to be approved together or sent back one by one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from gauzy.exceptions import DomainError
from timetracking.choices import TimesheetStatus
from timetracking.models import Timesheet
from timetracking.selectors.people import may_decide
from timetracking.selectors.timesheets import totals_of, visible_timesheets
from timetracking.services import timesheets as services
from timetracking.services.approving import approve_timesheets

SHOWN = 50


def waiting() -> QuerySet[Timesheet]:
    """Return the submitted weeks about which the actor decides, the oldest first."""
    submitted = visible_timesheets(status=TimesheetStatus.SUBMITTED)
    return submitted.filter(employee__in=may_decide().values("pk")).order_by("submitted_at", "id")


def queue_page(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Show the queue; on POST decide, on the versions that were shown, and show what is left of it."""
    if request.method == "POST":
        _decide(request)
        return redirect(request.path)
    sheets = list(waiting()[:SHOWN])
    totals = totals_of(sheets)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Approvals",
        "rows": [(sheet, *totals[sheet.pk].as_text()) for sheet in sheets],
        "more": waiting().count() - len(sheets),
    }
    return TemplateResponse(request, "timetracking/queue.html", context)


def _decide(request: HttpRequest) -> None:
    if "reject" in request.POST:
        _reject(request)
    elif items := [item for text in request.POST.getlist("sheet") if (item := _named(text))]:
        outcomes = approve_timesheets(items=items, atomic=False)
        refusals = [outcome for outcome in outcomes if isinstance(outcome, DomainError)]
        for refusal in refusals:
            messages.error(request, refusal.message)
        if done := len(outcomes) - len(refusals):
            messages.success(request, f"{done} approved.")
    else:
        messages.warning(request, "Choose the weeks that you approve.")


def _reject(request: HttpRequest) -> None:
    if not (item := _named(request.POST["reject"])):
        return
    timesheet_id, version = item
    try:
        services.reject_timesheet(timesheet_id=timesheet_id, version=version, reason=request.POST.get("reason", ""))
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "The week is sent back.")


def _named(text: str) -> tuple[UUID, int] | None:
    """Read `<id>:<version>`; None for anything else."""
    id, _, version = text.partition(":")
    try:
        return UUID(id), int(version)
    except ValueError:
        return None
