from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from gauzy.site.html import chip
from gauzy.site.navigation import Entry, Task
from gauzy.site.parts import Card
from gauzy.site.unfolded import dialog_action
from timetracking.admin.base import TimeAdmin, by_id
from timetracking.admin.filters import RunningFilter, VisibleFilter
from timetracking.admin.forms import SplitForm, TimeLogForm
from timetracking.calendar import resolve_local
from timetracking.intervals import format_duration
from timetracking.models import TimeLog
from timetracking.selectors import logs as selectors
from timetracking.selectors.glance import seconds_of_this_week
from timetracking.selectors.people import zone_of
from timetracking.selectors.projects import sees_rates, with_project_in_sight
from timetracking.selectors.weeks import PRIVATE
from timetracking.services import cutting, timer
from timetracking.services import logs as services

_RUNNING = "?running=yes"


@admin.register(TimeLog)
class TimeLogAdmin(TimeAdmin):
    """Clocks show the employee's time. What is locked, or still runs, is shown and not edited."""

    navigation = (Entry(Task.TIME, "Time logs", "schedule", "timetracking_timelog_changelist"),)
    empty_hint = "Time comes by a timer, by hand, by import or from another system."
    list_display = ("started", "employee", "duration", "place", "description", "is_billable", "state")
    list_filter = (
        RunningFilter,
        "is_billable",
        "source",
        "organization",
        ("project", VisibleFilter),
        ("employee", VisibleFilter),
    )
    search_fields = ("description", "employee__first_name", "employee__last_name", "project__name", "task__title")
    date_hierarchy = None
    ordering = ("-started_at", "-id")
    actions_detail = ("stop", "split", "remove")
    form = TimeLogForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[TimeLog]:
        return with_project_in_sight(selectors.visible_logs().select_related("employee__organization"))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        place = ("project", "task", "description", "is_billable", "tags")
        if obj is None:
            return [("Time", {"fields": ("employee", "started_at", "stopped_at")}), ("What", {"fields": place})]
        rate = ("rate",) if sees_rates() else ()
        times = ("started_at", "stopped_at") if self.has_change_permission(request, obj) else ("started", "stopped")
        return [
            ("Time", {"fields": ("employee", *times, ("duration", "state"))}),
            ("What", {"fields": place}),
            ("Record", {"fields": (*rate, "source", ("created_at", "updated_at"), "id")}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ()
        shown = ("employee", "started", "stopped", "duration", "state", "rate")
        return (*shown, "source", "created_at", "updated_at", "id")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        fixed = isinstance(obj, TimeLog) and (obj.stopped_at is None or getattr(obj, "is_locked", False))
        return not fixed and super().has_change_permission(request, obj)

    def create(self, values: Mapping[str, Any]) -> TimeLog:
        return services.create_time_log(**by_id(values))

    def update(self, obj: TimeLog, values: Mapping[str, Any]) -> None:
        services.update_time_log(time_log_id=obj.pk, values=by_id(values))

    # --- columns ------------------------------------------------------------------------------------------------------

    @admin.display(description="started", ordering="started_at")
    def started(self, log: TimeLog) -> str:
        return _on_clock(log, log.started_at)

    @admin.display(description="stopped")
    def stopped(self, log: TimeLog) -> str:
        return _on_clock(log, log.stopped_at) if log.stopped_at else "–"

    @admin.display(description="duration")
    def duration(self, log: TimeLog) -> str:
        return "–" if log.seconds is None else format_duration(log.seconds)

    @admin.display(description="project and task", ordering="project__name")
    def place(self, log: Any) -> str:
        if log.project_id and not log.project_in_sight:
            return PRIVATE
        return " · ".join(str(one) for one in (log.project, log.task) if one) or "–"

    @admin.display(description="state")
    def state(self, log: Any) -> str:
        if log.stopped_at is None:
            return chip("Running", "info")
        if log.in_locked_time:
            return chip("Ended in locked time", "warning")
        return chip("Locked", "warning") if log.is_locked else chip("Open")

    @admin.display(description="rate")
    def rate(self, log: TimeLog) -> str:
        if log.rate_amount is None:
            return "–"
        return f"{log.rate_amount.normalize():f} {log.rate_currency} an hour ({log.get_rate_origin_display()})"

    # --- actions ------------------------------------------------------------------------------------------------------

    def fitting_actions(self, obj: Any) -> Collection[str]:
        """Return what the log's state allows: nothing for what is locked."""
        if obj.stopped_at is None:
            return ["stop"]
        return () if obj.is_locked else ["split", "remove"]

    @dialog_action(label="Stop", question="The timer stops now.", icon="stop_circle", permissions=["change"])
    def stop(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        log = self.get_object(request, object_id)
        act = partial(timer.stop_timer, employee_id=log.employee_id)
        return self.carry_out(request, object_id, act, done=f"The timer of {log.employee} is stopped.")

    @dialog_action(
        label="Split", question="One log becomes two that touch.", icon="cut", permissions=["change"], form=SplitForm
    )
    def split(self, request: HttpRequest, form: SplitForm, object_id: str) -> HttpResponse:
        log = self.get_object(request, object_id)

        def act() -> None:
            at = resolve_local(form.cleaned_data["at"].replace(tzinfo=None), zone_of(log.employee))
            cutting.split_time_log(time_log_id=log.pk, at=at)

        return self.carry_out(request, object_id, act, done="It is two logs now.")

    @dialog_action(
        label="Remove",
        question="The log counts nowhere any more; over the API it can be restored.",
        icon="delete",
        permissions=["change"],
        variant="danger",
    )
    def remove(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        log = self.get_object(request, object_id)
        act = partial(services.delete_time_log, time_log_id=log.pk)
        answer = self.carry_out(request, object_id, act, done="The log is removed.")
        return answer if self.get_queryset(request).filter(pk=log.pk).exists() else self.to_list(request)

    # --- dashboard ----------------------------------------------------------------------------------------------------

    def cards(self, request: HttpRequest) -> Iterable[Card]:
        """Say how many timers run, and how long everybody worked this week."""
        running = selectors.visible_logs(running=True).count()
        page = reverse("admin:timetracking_timelog_changelist")
        hours, _, _ = format_duration(seconds_of_this_week(timezone.now())).rpartition(":")
        return [
            Card("Timers", running, "running now", page + _RUNNING, "timer", "good" if running else ""),
            Card("Hours", hours, "recorded this week", page, "schedule"),
        ]


def _on_clock(log: TimeLog, moment: datetime) -> str:
    zone = zone_of(log.employee)
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M} {zone.key}"
