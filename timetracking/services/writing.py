"""What every way of writing a log shares: its place, the checks of time, the events."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q

from gauzy import eventbus as bus
from gauzy.eventbus import Change
from gauzy.organizations.choices import OverlapPolicy
from timetracking.calendar import Unit, split
from timetracking.events import TimeLogCreatedEvent, TimeLogDeletedEvent, TimeLogRestoredEvent, TimeLogUpdatedEvent
from timetracking.exceptions import Overlaps, ProjectArchived, TaskArchived, TaskOfAnotherProject
from timetracking.intervals import Interval
from timetracking.models import Project, Task, TimeLog, Timesheet
from timetracking.selectors.people import Person
from timetracking.selectors.projects import get_project, get_task
from timetracking.services.shared import require_same_organization


def interval_of(log: TimeLog) -> Interval:
    """Return the time of a finished log."""
    assert log.stopped_at is not None  # noqa: S101  callers lock finished logs
    return Interval(log.started_at, log.stopped_at)


def put_in_place(log: TimeLog, project_id: UUID | None, task_id: UUID | None) -> None:
    """Set a log's project and task; a task brings its project along, and one of another project is refused.

    What the log has already is not judged again, so that old logs of archived projects can be edited.
    """
    task = get_task(task_id) if task_id else None
    put_into(log, get_project(project_id) if project_id and not task else None, task, project_id)


def put_into(log: TimeLog, project: Project | None, task: Task | None, project_id: UUID | None) -> None:
    """Do what `put_in_place` does, with rows that were looked up; `project_id` is what was asked for."""
    if task and project_id and task.project_id != project_id:
        raise TaskOfAnotherProject(fields={"task_id": [TaskOfAnotherProject.message]})
    project = task.project if task else project
    require_same_organization(log.organization_id, project_id=project, task_id=task)
    if project and project.archived_at and project.pk != log.project_id:
        raise ProjectArchived(fields={"project_id": [ProjectArchived.message]})
    if task and task.archived_at and task.pk != log.task_id:
        raise TaskArchived(fields={"task_id": [TaskArchived.message]})
    log.project, log.task = project, task


def check_overlap(found: Person, log: TimeLog) -> None:
    """Refuse or mark a log that overlaps another, as the organization's policy says; the ledger is locked.

    A running timer has no end, so that whatever is later overlaps it.
    """
    later = Q(stopped_at__isnull=True) | Q(stopped_at__gt=log.started_at)
    others = TimeLog.objects.filter(later, employee_id=found.id, deleted_at=None).exclude(pk=log.pk)
    if log.stopped_at:
        others = others.filter(started_at__lt=log.stopped_at)
    judge_overlap(found, log, others.first())


def judge_overlap(found: Person, log: TimeLog, other: TimeLog | None) -> None:
    """Refuse or mark a log that overlaps another one, as the organization's policy says."""
    if other is None:
        log.overlap_allowed = False
    elif found.settings.overlaps == OverlapPolicy.ALLOW:
        log.overlap_allowed = True
    else:
        raise Overlaps(_describe(other), fields={"started_at": [_describe(other)]})


def _describe(other: TimeLog) -> str:
    if other.stopped_at is None:
        return f"A timer runs since {other.started_at:%Y-%m-%dT%H:%M:%SZ}: stop it first."
    return f"It overlaps the time from {other.started_at:%Y-%m-%dT%H:%M:%SZ} to {other.stopped_at:%Y-%m-%dT%H:%M:%SZ}."


def ensure_timesheets(found: Person, intervals: Sequence[Interval]) -> None:
    """Make the timesheets of the periods that the intervals touch, where they are missing."""
    ensure_timesheets_of([(found, one) for one in intervals])


def ensure_timesheets_of(worked: Sequence[tuple[Person, Interval]]) -> None:
    """Do what `ensure_timesheets` does for several people, in two statements."""
    wanted: dict[tuple[UUID, date], Person] = {}
    for found, interval in worked:
        for start, _ in split(interval, found.zone, Unit.WEEK, found.organization.week_starts_on):
            wanted[found.id, start] = found
    there = Timesheet.objects.filter(
        employee_id__in={employee_id for employee_id, _ in wanted}, period_start__in={start for _, start in wanted}
    )
    missing = sorted(wanted.keys() - set(there.values_list("employee_id", "period_start")))
    if missing:
        Timesheet.objects.bulk_create(
            [
                Timesheet(
                    organization=wanted[employee_id, start].organization,
                    employee=wanted[employee_id, start].employee,
                    period_start=start,
                    period_end=start + timedelta(days=7),
                )
                for employee_id, start in missing
            ]
        )


def created(log: TimeLog, *, override: bool = False) -> TimeLogCreatedEvent:
    assert log.stopped_at is not None  # noqa: S101  a running timer is no log yet
    return TimeLogCreatedEvent(
        time_log_id=log.id,
        employee_id=log.employee_id,
        organization_id=log.organization_id,
        project_id=log.project_id,
        task_id=log.task_id,
        started_at=log.started_at,
        stopped_at=log.stopped_at,
        source=str(log.source),
        overrides_lock_date=override,
    )


def publish_updated(log: TimeLog, changes: Sequence[Change], *, override: bool = False) -> None:
    bus.publish(
        TimeLogUpdatedEvent(
            time_log_id=log.id,
            employee_id=log.employee_id,
            organization_id=log.organization_id,
            project_id=log.project_id,
            changes=tuple(changes),
            overrides_lock_date=override,
        )
    )


def deleted(log: TimeLog, *, override: bool = False) -> TimeLogDeletedEvent:
    return TimeLogDeletedEvent(
        time_log_id=log.id,
        employee_id=log.employee_id,
        organization_id=log.organization_id,
        project_id=log.project_id,
        overrides_lock_date=override,
    )


def restored(log: TimeLog, *, override: bool = False) -> TimeLogRestoredEvent:
    return TimeLogRestoredEvent(
        time_log_id=log.id,
        employee_id=log.employee_id,
        organization_id=log.organization_id,
        project_id=log.project_id,
        overrides_lock_date=override,
    )
