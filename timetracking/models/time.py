"""Time worked."""

from django.db import models
from django.db.models import F, Q

from gauzy.organizations.validators import validate_currency
from gauzy.tenancy.models import TenantModel
from timetracking.choices import LogSource, RateOrigin
from timetracking.models.projects import Owned, Project, Tag, Task


class Ledger(TenantModel):
    """One row per employee with time: whoever writes a log or decides on a period of theirs locks it first."""

    employee = models.OneToOneField("employees.Employee", on_delete=models.PROTECT, primary_key=True, related_name="+")

    class Meta(TenantModel.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"time of {self.employee_id}"


class TimeLog(Owned):
    """An interval [started_at, stopped_at) in whole seconds; without an end it is a running timer.

    `overlap_allowed` marks what overlapped when the organization allowed it; `in_locked_time` a timer that ended in a
    locked period. The rate is a snapshot: `rate_origin` says where it came from, and is empty where there was none.
    """

    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="+", db_index=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    description = models.CharField(max_length=2000, blank=True)
    is_billable = models.BooleanField(default=True)
    source = models.CharField(max_length=20, choices=LogSource, default=LogSource.MANUAL)
    tags = models.ManyToManyField(Tag, blank=True, related_name="+")
    started_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)
    rate_amount = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    rate_currency = models.CharField(max_length=3, blank=True, validators=[validate_currency])
    rate_origin = models.CharField(max_length=20, choices=RateOrigin, blank=True)
    overlap_allowed = models.BooleanField(default=False, editable=False)
    in_locked_time = models.BooleanField(default=False, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(Owned.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["employee"],
                condition=Q(stopped_at__isnull=True, deleted_at__isnull=True),
                name="timetracking_one_running_timer",
            ),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True) | Q(stopped_at__gt=F("started_at")),
                name="timetracking_log_not_empty",
            ),
            models.CheckConstraint(
                condition=Q(rate_amount__isnull=True, rate_currency="", rate_origin="")
                | (Q(rate_amount__gte=0) & ~Q(rate_currency="") & ~Q(rate_origin="")),
                name="timetracking_log_rate_whole_or_absent",
            ),
        ]
        indexes = [
            models.Index(fields=["employee", "started_at"], name="timetracking_log_start"),
            models.Index(fields=["tenant", "-started_at", "-id"], name="timetracking_log_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M} UTC"

    @property
    def seconds(self) -> int | None:
        """Return the length; None while the timer runs."""
        return int((self.stopped_at - self.started_at).total_seconds()) if self.stopped_at else None
