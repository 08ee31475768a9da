"""Rates: every write. A log keeps the rate it has; `recompute_rates` is the one way to change that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from employees.selectors import get_employee
from gauzy import eventbus as bus
from gauzy.eventbus import Change
from gauzy.exceptions import Invalid
from gauzy.organizations.selectors import get_organization
from gauzy.tenancy.changes import apply_changes
from gauzy.tenancy.validation import clean
from timetracking.calendar import kept_day, local_day, span, zone_named
from timetracking.choices import RateOrigin, RateSubject
from timetracking.events import RateCreatedEvent, RatesRecomputedEvent, RateUpdatedEvent, TimeLogUpdatedEvent
from timetracking.exceptions import RateExists, RateNotFound
from timetracking.models import Rate, TimeLog
from timetracking.selectors.locks import locked_among
from timetracking.selectors.projects import get_project, get_task
from timetracking.selectors.rates import Place, Snapshot, overlapping, rates_for, subject_key
from timetracking.services.ledger import lock_ledgers
from timetracking.services.shared import locked, require_same_organization

RATE_CHANGED = Change(field="rate", old=None, new=None)  # that it did; the amounts are for those with the right

LOGS_AT_ONCE = 500  # in one statement


@transaction.atomic
def create_rate(
    *,
    organization_id: UUID,
    amount: Decimal,
    valid_from: date,
    valid_until: date | None = None,
    currency: str = "",
    employee_id: UUID | None = None,
    project_id: UUID | None = None,
    task_id: UUID | None = None,
) -> Rate:
    """Set what an hour costs: of the task, of the project's member, of the project, of the employee, or of all.

    A rate of a subject whose last day is open ends the day before the new one begins. Raises `RateExists` if another
    is in the way.
    """
    organization = get_organization(organization_id)
    subject, key = _subject(organization_id, employee_id, project_id, task_id)
    rate = Rate(
        organization=organization,
        subject=subject,
        subject_key=subject_key(subject, key),
        employee_id=employee_id,
        project_id=project_id,
        task_id=task_id,
        amount=amount,
        currency=currency or organization.currency,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    clean(rate)
    _require_order(rate)
    _make_room(rate)
    rate.save(force_insert=True)
    bus.publish(
        RateCreatedEvent(
            rate_id=rate.id, organization_id=organization_id, applies_to=str(subject), valid_from=valid_from
        )
    )
    return rate


@transaction.atomic
def end_rate(*, rate_id: UUID, valid_until: date | None) -> Rate:
    """Set the last day of a rate, or take it away."""
    rate = locked(Rate, rate_id, RateNotFound)
    if changes := apply_changes(rate, {"valid_until": valid_until}):
        _require_order(rate)
        others = Rate.objects.filter(overlapping(rate.subject_key, rate.valid_from, rate.valid_until))
        if others.exclude(pk=rate.pk).exists():
            raise RateExists(fields={"valid_until": [RateExists.message]})
        rate.save(update_fields=["valid_until"])
        bus.publish(RateUpdatedEvent(rate_id=rate.id, organization_id=rate.organization_id, changes=changes))
    return rate


@dataclass(frozen=True, slots=True)
class Recomputed:
    """How many logs got another rate, and how many locked ones were left out."""

    changed: int
    skipped: int


@transaction.atomic
def recompute_rates(*, organization_id: UUID, first_day: date, last_day: date, dry_run: bool = False) -> Recomputed:
    """Find the rates of the days' logs anew; what is locked in any way, and a log's own rate, is left alone.

    Locked are submitted and approved periods, days up to the lock date, and time on a live invoice. Days are the
    organization's. Each changed log has its event, and one more says who had it done and what it came to.
    """
    logs = _logs_to_price(get_organization(organization_id), first_day, last_day)
    lock_ledgers(logs.values_list("employee_id", flat=True))
    found = list(logs.select_related("organization", "employee__organization"))
    rates = rates_for([_place(log) for log in found])
    differing = [log for log, rate in zip(found, rates, strict=True) if _take(log, rate)]
    held = locked_among(differing)
    open_logs = [log for log in differing if log.pk not in held]
    result = Recomputed(len(open_logs), len(differing) - len(open_logs))
    if not dry_run:
        _write(open_logs)
        bus.publish(
            RatesRecomputedEvent(
                organization_id=organization_id,
                first_day=first_day,
                last_day=last_day,
                changed=result.changed,
                skipped=result.skipped,
            )
        )
    return result


def take_rates(logs: Sequence[TimeLog]) -> None:
    """Set the rates of logs that have none of their own, in one query."""
    without = [log for log in logs if log.rate_origin != RateOrigin.LOG]
    for log, rate in zip(without, rates_for([_place(log) for log in without]), strict=True):
        _take(log, rate)


def _logs_to_price(organization: Any, first_day: date, last_day: date) -> QuerySet[TimeLog]:
    """Return the finished logs that began on these days and have no rate of their own."""
    end = kept_day(last_day, "last_day") + timedelta(days=1)
    days = span(kept_day(first_day, "first_day"), end, zone_named(organization.time_zone))
    logs = TimeLog.objects.filter(
        organization_id=organization.pk,
        deleted_at=None,
        stopped_at__isnull=False,  # a timer takes its rate when it stops
        started_at__gte=days.start,
        started_at__lt=days.end,
    )
    return logs.exclude(rate_origin=RateOrigin.LOG)


def take_rate(log: TimeLog, own: tuple[Decimal, str] | None = None) -> None:
    """Set a log's rate: its own if given, else that of the strongest subject on its first day."""
    if own:
        log.rate_amount, log.rate_currency, log.rate_origin = *own, RateOrigin.LOG
    else:
        [found] = rates_for([_place(log)])
        _take(log, found)


def _write(logs: Sequence[TimeLog]) -> None:
    written_at = timezone.now()
    for log in logs:
        log.updated_at = written_at
    TimeLog.objects.bulk_update(
        logs, ["rate_amount", "rate_currency", "rate_origin", "updated_at"], batch_size=LOGS_AT_ONCE
    )
    bus.publish_many(
        [
            TimeLogUpdatedEvent(
                time_log_id=log.id,
                employee_id=log.employee_id,
                organization_id=log.organization_id,
                project_id=log.project_id,
                changes=(RATE_CHANGED,),
            )
            for log in logs
        ]
    )


def _take(log: TimeLog, rate: Snapshot) -> bool:
    """Set a log's rate; tell whether that is another one than it had."""
    before = (log.rate_amount, log.rate_currency, log.rate_origin)
    log.rate_amount, log.rate_currency, log.rate_origin = rate
    return before != rate


def _place(log: TimeLog) -> Place:
    day = local_day(log.started_at, zone_named(log.organization.time_zone))
    return Place(log.organization_id, log.employee_id, log.project_id, log.task_id, day)


def _subject(
    organization_id: UUID, employee_id: UUID | None, project_id: UUID | None, task_id: UUID | None
) -> tuple[RateSubject, str]:
    rows: dict[str, Any] = {
        "employee_id": get_employee(employee_id) if employee_id else None,
        "project_id": get_project(project_id) if project_id else None,
        "task_id": get_task(task_id) if task_id else None,
    }
    require_same_organization(organization_id, **rows)
    match bool(task_id), bool(project_id), bool(employee_id):
        case True, False, False:
            return RateSubject.TASK, str(task_id)
        case False, True, True:
            return RateSubject.MEMBER, f"{project_id}:{employee_id}"
        case False, True, False:
            return RateSubject.PROJECT, str(project_id)
        case False, False, True:
            return RateSubject.EMPLOYEE, str(employee_id)
        case False, False, False:
            return RateSubject.ORGANIZATION, str(organization_id)
    raise Invalid("A task's rate names the task alone.", fields={"task_id": ["Name the task alone."]})


def _require_order(rate: Rate) -> None:
    if rate.amount < 0:
        raise Invalid(fields={"amount": ["It may not be negative."]})
    if rate.valid_until and rate.valid_until < rate.valid_from:
        raise Invalid(fields={"valid_until": ["It lies before the first day."]})


def _make_room(rate: Rate) -> None:
    others = Rate.objects.select_for_update(no_key=True)
    for other in others.filter(overlapping(rate.subject_key, rate.valid_from, rate.valid_until)):
        if other.valid_until is not None or other.valid_from >= rate.valid_from:
            raise RateExists(fields={"valid_from": [RateExists.message]})
        end_rate(rate_id=other.pk, valid_until=rate.valid_from - timedelta(days=1))
