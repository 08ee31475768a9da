from datetime import timedelta

from django.db import transaction

from employees.choices import EmployeeStatus
from employees.selectors import employees
from gauzy import eventbus as bus
from timetracking.calendar import local_day, week_start
from timetracking.choices import LOCKING
from timetracking.events import TimesheetMissedEvent
from timetracking.models import Timesheet
from timetracking.selectors.people import zone_of
from timetracking.services.shared import now


@transaction.atomic
def remind_of_missing_weeks() -> int:
    """Announce who has not handed in the week that is over; return how many that were.

    For each person on the first day of their own week, counted in their own zone; once, however often it runs. Who
    began later than that week is left alone.
    """
    people = employees(status=EmployeeStatus.ACTIVE).select_related("organization")
    due = {}
    for employee in people:
        today = local_day(now(), zone_of(employee))
        start = week_start(today, employee.organization.week_starts_on)
        began_later = employee.start_date is not None and employee.start_date >= start
        if today == start and not began_later:
            due[employee.pk] = (employee, start - timedelta(days=7))
    sheets = Timesheet.objects.filter(employee_id__in=due, status__in=LOCKING)
    done = set(sheets.values_list("employee_id", "period_start"))
    missed = [(employee, start) for pk, (employee, start) in due.items() if (pk, start) not in done]
    for employee, start in missed:
        event = TimesheetMissedEvent(
            employee_id=employee.pk, organization_id=employee.organization_id, period_start=start
        )
        bus.publish(event, dedup_key=f"{employee.pk}:{start}")
    return len(missed)
