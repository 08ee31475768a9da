from datetime import datetime
from typing import TypedDict, Unpack
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import current_role
from gauzy.tenancy.roles import ADMINS
from timetracking.choices import LOCKING
from timetracking.exceptions import TimeLogNotFound
from timetracking.models import TimeLog, Timesheet
from timetracking.selectors.acting import actor_id
from timetracking.selectors.people import managed_project_ids, may_decide


class TimeLogFilters(TypedDict, total=False):
    organization_id: UUID
    employee_id: UUID
    project_id: UUID
    task_id: UUID
    is_billable: bool
    source: str
    started_from: datetime
    started_before: datetime
    running: bool
    deleted: bool


def time_logs(**filters: Unpack[TimeLogFilters]) -> QuerySet[TimeLog]:
    """Return the tenant's logs, running timers among them; deleted ones only if asked for."""
    found: QuerySet[TimeLog] = TimeLog.objects.filter(deleted_at__isnull=not filters.get("deleted", False))
    special = {"started_from", "started_before", "running", "deleted"}
    found = found.filter(**{name: value for name, value in filters.items() if name not in special})
    if "started_from" in filters:
        found = found.filter(started_at__gte=filters["started_from"])
    if "started_before" in filters:
        found = found.filter(started_at__lt=filters["started_before"])
    if "running" in filters:
        found = found.filter(stopped_at__isnull=filters["running"])
    return _complete(found)


def shown(time_log_ids: list[UUID]) -> dict[UUID, TimeLog]:
    """Return logs that a service has just written, with what an answer shows of them."""
    return {log.pk: log for log in _complete(TimeLog.objects.filter(pk__in=time_log_ids))}


def visible_logs(**filters: Unpack[TimeLogFilters]) -> QuerySet[TimeLog]:
    """Return the logs that the actor may see: their own; of those they decide about; of the projects they manage."""
    found = time_logs(**filters)
    role = current_role()
    if role is None or role in ADMINS or role == Role.VIEWER:
        return found
    scope = Q(employee__user_id=actor_id())
    if role == Role.MANAGER:
        scope |= Q(employee__in=may_decide().values("pk")) | Q(project_id__in=managed_project_ids())
    return found.filter(scope)


def get_visible_log(time_log_id: UUID, *, deleted: bool = False) -> TimeLog:
    """Return a log that the actor may see; raise `TimeLogNotFound` for any other id."""
    if log := visible_logs(deleted=deleted).filter(pk=time_log_id).first():
        return log
    raise TimeLogNotFound


def running_timer(employee_id: UUID) -> TimeLog | None:
    return time_logs(employee_id=employee_id, running=True).first()


def logs_within(employee_ids: list[UUID], start: datetime, end: datetime) -> QuerySet[TimeLog]:
    """Return finished logs of these employees that have a part in [start, end)."""
    found = TimeLog.objects.filter(deleted_at=None, stopped_at__gt=start, started_at__lt=end)
    return found.filter(employee_id__in=employee_ids).order_by("started_at")


def _complete(logs: QuerySet[TimeLog]) -> QuerySet[TimeLog]:
    """Add what is shown of a log: its place, its tags, and whether a submitted or approved period locks it."""
    locking = Timesheet.objects.filter(
        employee_id=OuterRef("employee_id"),
        status__in=LOCKING,
        starts_at__lt=Coalesce(OuterRef("stopped_at"), OuterRef("started_at")),
        ends_at__gt=OuterRef("started_at"),
    )
    complete = logs.select_related("project", "task", "employee", "organization").prefetch_related("tags")
    return complete.annotate(is_locked=Exists(locking))
