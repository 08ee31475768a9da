"""An employee's periods, and what was decided about them."""

from django.db import models
from django.db.models import F, Q

from gauzy.eventbus.ids import uuid7
from gauzy.tenancy.models import TenantModel
from timetracking.choices import LOCKING, TimesheetMove, TimesheetStatus
from timetracking.models.projects import Owned


class Timesheet(Owned):
    """One week of an employee, [period_start, period_end) in days.

    While it is submitted or approved, `starts_at`, `ends_at` and `time_zone` hold the instants it covers; before that
    they follow the zone of the employee. `version` grows with each move. Totals are counted from logs, never stored
    here.
    """

    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="+", db_index=False)
    period_start = models.DateField()
    period_end = models.DateField()
    status = models.CharField(max_length=20, choices=TimesheetStatus, default=TimesheetStatus.OPEN)
    version = models.PositiveIntegerField(default=1)
    time_zone = models.CharField(max_length=64, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(Owned.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["employee", "period_start"], name="timetracking_timesheet_once_per_period"),
            models.CheckConstraint(
                condition=Q(period_end__gt=F("period_start")), name="timetracking_timesheet_not_empty"
            ),
            models.CheckConstraint(
                condition=Q(status__in=LOCKING, starts_at__isnull=False, ends_at__isnull=False)
                | Q(starts_at__isnull=True, ends_at__isnull=True) & ~Q(status__in=LOCKING),
                name="timetracking_timesheet_frozen_while_locking",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "status", "-id"], name="timetracking_sheet_status"),
            models.Index(fields=["employee", "starts_at", "ends_at"], name="timetracking_sheet_locks"),
        ]

    def __str__(self) -> str:
        return f"week of {self.period_start}"

    @property
    def is_locked(self) -> bool:
        return self.status in LOCKING


class TimesheetEntry(TenantModel):
    """One move of a timesheet: who, when, why, and what it came to at that moment."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    timesheet = models.ForeignKey(Timesheet, on_delete=models.PROTECT, related_name="history", db_index=False)
    version = models.PositiveIntegerField()
    move = models.CharField(max_length=20, choices=TimesheetMove)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=200)
    reason = models.CharField(max_length=500, blank=True)
    seconds = models.PositiveIntegerField()
    billable_seconds = models.PositiveIntegerField()
    made_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        ordering = ("version",)
        constraints = [
            models.UniqueConstraint(fields=["timesheet", "version"], name="timetracking_one_move_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.get_move_display()} as version {self.version}"
