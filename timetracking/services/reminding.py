"""Reminders of weeks that nobody handed in: once for each person and week, whoever reminds, and however often."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby, islice
from operator import attrgetter
from typing import Final
from uuid import UUID

from django.db import transaction

from employees.choices import EmployeeStatus
from employees.selectors import employed_everywhere, employees
from gauzy import context
from gauzy import eventbus as bus
from gauzy.context import Actor, ActorKind
from timetracking.choices import LOCKING
from timetracking.events import TimesheetMissedEvent
from timetracking.models import Timesheet
from timetracking.selectors.missing import MissingWeek, missing_weeks
from timetracking.services.ledger import lock_ledgers
from timetracking.services.shared import now

EVERY: Final = 300  # seconds: zones differ by quarters of an hour
AT_ONCE: Final = 500  # people in one turn, or in one transaction
_SCHEDULE = Actor(ActorKind.SCHEDULE, "reminders of missing weeks")


def remind_everywhere() -> int:
    """Announce the missing weeks of all tenants as `remind_of_missing_weeks` does; return how many.

    A turn reminds so many people at most: the next one goes on.
    """
    due = list(islice(missing_weeks(employed_everywhere(), now()), AT_ONCE))
    due.sort(key=attrgetter("tenant_id"))
    count = 0
    for tenant_id, weeks in groupby(due, key=attrgetter("tenant_id")):
        with context.acting(tenant_id=tenant_id, actor=_SCHEDULE):
            count += _remind(list(weeks))
    return count


def remind_of_missing_weeks() -> int:
    """Announce who has not handed in the week that is over; return how many that were.

    For each person on the first day of their own week, counted in their own zone. The timesheet of that week, which is
    made if it is missing, holds that it was said. Who began later than that week is left alone.
    """
    due = list(missing_weeks(employees(status=EmployeeStatus.ACTIVE), now()))
    return sum(_remind(due[begin : begin + AT_ONCE]) for begin in range(0, len(due), AT_ONCE))


@transaction.atomic
def _remind(weeks: Sequence[MissingWeek]) -> int:
    """Of several who remind at once, the first has the ledgers' locks, and the others find it done."""
    lock_ledgers(week.employee_id for week in weeks)
    sheets = Timesheet.objects.filter(
        employee_id__in=[week.employee_id for week in weeks],
        period_start__in={week.period_start for week in weeks},
    )
    known = {(sheet.employee_id, sheet.period_start): sheet for sheet in sheets}
    missed = [week for week in weeks if _is_missing(known.get(week.key))]
    _mark(missed, known)
    bus.publish_many(
        [
            TimesheetMissedEvent(
                employee_id=week.employee_id, organization_id=week.organization_id, period_start=week.period_start
            )
            for week in missed
        ]
    )
    return len(missed)


def _is_missing(sheet: Timesheet | None) -> bool:
    return sheet is None or (sheet.status not in LOCKING and sheet.reminded_at is None)


def _mark(missed: Sequence[MissingWeek], known: Mapping[tuple[UUID, date], Timesheet]) -> None:
    moment = now()
    old = [known[week.key].pk for week in missed if week.key in known]
    Timesheet.objects.filter(pk__in=old).update(reminded_at=moment)
    Timesheet.objects.bulk_create(
        [
            Timesheet(
                organization_id=week.organization_id,
                employee_id=week.employee_id,
                period_start=week.period_start,
                period_end=week.period_start + timedelta(days=7),
                reminded_at=moment,
            )
            for week in missed
            if week.key not in known
        ]
    )
