"""Time logs of a batch: judged one by one, looked up and written all at once, under the ledgers' locks."""

from bisect import bisect_left, insort
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import Q

from employees.exceptions import EmployeeNotFound
from gauzy import eventbus as bus
from gauzy.exceptions import DomainError
from gauzy.tenancy.validation import clean
from timetracking.choices import LogSource, RateOrigin
from timetracking.exceptions import ProjectNotFound, TagNotFound, TaskNotFound
from timetracking.intervals import Interval, instant
from timetracking.models import Project, Tag, Task, TimeLog
from timetracking.selectors.locks import locking_around, refuse_locked, touched_by
from timetracking.selectors.people import Person, decided_among, persons
from timetracking.selectors.projects import tags, visible_projects, visible_tasks
from timetracking.services import writing
from timetracking.services.ledger import lock_ledgers
from timetracking.services.policies import (
    LONGEST_LOG,
    Deed,
    require_allowed,
    require_allowed_future,
    require_fields,
    require_possible,
)
from timetracking.services.rates import take_rates
from timetracking.services.shared import now

_STARTED = attrgetter("started_at")
_AT_ONCE = 500  # rows of a statement


class Taken:
    """What employees have logged around a span of time, and what was admitted since."""

    def __init__(self, employee_ids: Collection[UUID], around: Interval) -> None:
        lasting = Q(stopped_at__isnull=True) | Q(stopped_at__gt=around.start)
        logs = TimeLog.objects.filter(
            lasting, employee_id__in=set(employee_ids), deleted_at=None, started_at__lt=around.end
        )
        self._finished: dict[UUID, list[TimeLog]] = {}
        self._running: dict[UUID, TimeLog] = {}
        for log in logs.order_by("started_at"):
            self.add(log)

    def add(self, log: TimeLog) -> None:
        if log.stopped_at is None:
            self._running[log.employee_id] = log
        else:
            insort(self._finished.setdefault(log.employee_id, []), log, key=_STARTED)

    def overlapping(self, log: TimeLog, interval: Interval) -> TimeLog | None:
        """Return one that overlaps the log; no finished one that begins earlier than the longest may last does."""
        finished = self._finished.get(log.employee_id, [])
        first = bisect_left(finished, interval.start - 2 * LONGEST_LOG, key=_STARTED)
        for other in finished[first : bisect_left(finished, interval.end, key=_STARTED)]:
            if writing.interval_of(other).overlaps(interval):
                return other
        running = self._running.get(log.employee_id)
        return running if running and running.started_at < interval.end else None


class LogBatch:
    """`admit` judges an item and keeps its log, `write` writes what was kept.

    The number of queries depends neither on the items nor on the people; a project, task or tag that was made after
    the batch began is looked up when it is first used.
    """

    def __init__(self, items: Sequence[Mapping[str, Any]], *, override: bool = False) -> None:
        employee_ids = {item["employee_id"] for item in items}
        around = _around(items)
        self.override = override
        self.people, self.decided = persons(employee_ids), decided_among(employee_ids)
        lock_ledgers(self.people)
        self.locking = locking_around(employee_ids, [around])
        self.taken = Taken(employee_ids, around)
        self._tasks = {row.pk: row for row in visible_tasks().filter(pk__in=_ids(items, "task_id"))}
        self._projects = {row.pk: row for row in visible_projects().filter(pk__in=_ids(items, "project_id"))}
        tag_ids = {tag_id for item in items for tag_id in item.get("tag_ids", ())}
        self._tags = {row.pk: row for row in tags().filter(pk__in=tag_ids)}
        self._admitted: list[tuple[TimeLog, list[Tag]]] = []

    def admit(self, item: Mapping[str, Any]) -> TimeLog:
        """Return the log of an item, not yet written; raise why it may not be."""
        interval = Interval(instant(item["started_at"], "started_at"), instant(item["stopped_at"], "stopped_at"))
        found = self._person(item["employee_id"])
        log = self._new(found, interval, item)
        chosen = self._chosen_tags(log.organization_id, item.get("tag_ids", ()))
        clean(log)
        require_fields(found, log)
        require_possible(interval)
        require_allowed_future(found, interval)
        sheets = touched_by([interval], self.locking.get(found.id, ()))
        refuse_locked(found, [interval], sheets, override_lock_date=self.override)
        writing.judge_overlap(found, log, self.taken.overlapping(log, interval))
        self.taken.add(log)
        self._admitted.append((log, chosen))
        return log

    def admit_or_refuse(self, item: Mapping[str, Any] | DomainError) -> TimeLog | DomainError:
        """Do as `admit` does, and return a refusal."""
        if isinstance(item, DomainError):
            return item
        try:
            return self.admit(item)
        except DomainError as refusal:
            return refusal

    def write(self) -> list[TimeLog]:
        """Write the admitted logs with rates, timesheets and tags; return them."""
        logs = [log for log, _ in self._admitted]
        take_rates(logs)
        writing.ensure_timesheets_of([(self.people[log.employee_id], writing.interval_of(log)) for log in logs])
        TimeLog.objects.bulk_create(logs, batch_size=_AT_ONCE)
        tagged: Any = TimeLog.tags.through
        rows = [tagged(timelog_id=log.pk, tag_id=tag.pk) for log, chosen in self._admitted for tag in chosen]
        tagged.objects.bulk_create(rows, batch_size=_AT_ONCE)
        return logs

    def _person(self, employee_id: UUID) -> Person:
        if not (found := self.people.get(employee_id)):
            raise EmployeeNotFound
        require_allowed(found, Deed.MANUAL, decides=employee_id in self.decided)
        return found

    def _new(self, found: Person, interval: Interval, item: Mapping[str, Any]) -> TimeLog:
        source = item.get("source", LogSource.MANUAL)
        log = TimeLog(organization=found.organization, employee=found.employee, source=source)
        log.started_at, log.stopped_at = interval.start, interval.end
        log.description = item.get("description", "").strip()
        project_id, task_id = item.get("project_id"), item.get("task_id")
        task = self._task(task_id) if task_id else None
        writing.put_into(log, self._project(project_id) if project_id and not task else None, task, project_id)
        log.is_billable = item.get("is_billable", log.project.is_billable if log.project else True)
        if own := own_rate(log, item):
            log.rate_amount, log.rate_currency, log.rate_origin = *own, RateOrigin.LOG
        return log

    def _task(self, task_id: UUID) -> Task:
        found = self._tasks.get(task_id) or visible_tasks().filter(pk=task_id).first()
        if found is None:
            raise TaskNotFound
        return self._tasks.setdefault(task_id, found)

    def _project(self, project_id: UUID) -> Project:
        found = self._projects.get(project_id) or visible_projects().filter(pk=project_id).first()
        if found is None:
            raise ProjectNotFound
        return self._projects.setdefault(project_id, found)

    def _chosen_tags(self, organization_id: UUID, tag_ids: Sequence[UUID]) -> list[Tag]:
        if unseen := set(tag_ids) - self._tags.keys():
            self._tags |= {row.pk: row for row in tags().filter(pk__in=unseen)}
        chosen = [self._tags[one] for one in dict.fromkeys(tag_ids) if one in self._tags]
        if len(chosen) != len(set(tag_ids)) or any(tag.organization_id != organization_id for tag in chosen):
            raise TagNotFound(fields={"tag_ids": [TagNotFound.message]})
        return chosen


def delete_logs(logs: Sequence[TimeLog]) -> None:
    """Remove finished logs as `delete_time_log` does, all or none; their ledgers are locked."""
    employee_ids = {log.employee_id for log in logs}
    people, decided = persons(employee_ids), decided_among(employee_ids)
    locking = locking_around(employee_ids, [writing.interval_of(log) for log in logs])
    for log in logs:
        if not (found := people.get(log.employee_id)):
            raise EmployeeNotFound
        require_allowed(found, Deed.DELETE, decides=found.id in decided)
        when = [writing.interval_of(log)]
        refuse_locked(found, when, touched_by(when, locking.get(found.id, ())))
    moment, ids = now(), [log.pk for log in logs]
    for begin in range(0, len(ids), _AT_ONCE):
        TimeLog.objects.filter(pk__in=ids[begin : begin + _AT_ONCE]).update(deleted_at=moment, updated_at=moment)
    bus.publish_many([writing.deleted(log) for log in logs])


def own_rate(log: TimeLog, values: Mapping[str, Any]) -> tuple[Decimal, str] | None:
    """Return the rate that was given for this log alone."""
    amount = values.get("rate_amount")
    currency = values.get("rate_currency") or log.rate_currency or log.organization.currency
    return None if amount is None else (amount, currency)


def _ids(items: Sequence[Mapping[str, Any]], name: str) -> set[UUID]:
    return {item[name] for item in items if item.get(name)}


def _around(items: Sequence[Mapping[str, Any]]) -> Interval:
    """Return a span of whole seconds that holds the items; those whose times are none are refused one by one."""
    given = [one for item in items for one in (item["started_at"], item["stopped_at"])]
    moments = [one.astimezone(UTC).replace(microsecond=0) for one in given if one.tzinfo and 1970 < one.year < 2199]
    return Interval(min(moments, default=now()), max(moments, default=now()) + timedelta(seconds=1))
