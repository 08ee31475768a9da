"""Rules that constraints and services keep, looked at from outside: for `manage.py timesheets check`."""

from collections.abc import Iterator
from itertools import pairwise

from timetracking.choices import LOCKING
from timetracking.models import TimeLog, Timesheet


def findings() -> list[str]:
    """Return what breaks a rule in the tenant, a sentence each."""
    return [*_overlaps(), *_frozen_overlaps(), *_foreign_tasks()]


def _overlaps() -> Iterator[str]:
    logs = TimeLog.objects.filter(deleted_at=None, overlap_allowed=False).order_by("employee_id", "started_at")
    for one, other in pairwise(logs.iterator(chunk_size=2000)):
        same = one.employee_id == other.employee_id
        if same and (one.stopped_at is None or other.started_at < one.stopped_at):
            yield f"Time log {other.pk} overlaps {one.pk}, and neither is marked as allowed to."


def _frozen_overlaps() -> Iterator[str]:
    sheets = Timesheet.objects.filter(status__in=LOCKING).order_by("employee_id", "starts_at")
    for one, other in pairwise(sheets.iterator(chunk_size=2000)):
        if one.employee_id == other.employee_id and one.ends_at and other.starts_at and other.starts_at < one.ends_at:
            yield f"Timesheet {other.pk} begins before {one.pk} ends."


def _foreign_tasks() -> Iterator[str]:
    for log in TimeLog.objects.filter(deleted_at=None, task__isnull=False).select_related("task").iterator(2000):
        if log.task and log.task.project_id != log.project_id:
            yield f"Time log {log.pk} has a task of another project."
