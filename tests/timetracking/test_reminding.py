"""Reminders of missing weeks: of everybody, everywhere, on the first day of their own week, once."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from employees.models import Employee
from employees.selectors import employed_everywhere
from employees.services import end_employee
from gauzy.eventbus.testing import RecordedEvents, deliver_all, recorded_events
from gauzy.notifications.selectors import notifications_of
from gauzy.organizations.services import update_organization
from tests.factories.people import Company, acting_for, found_company, hire
from tests.factories.time import timesheet_of
from timetracking.choices import TIMESHEET_MISSING
from timetracking.events import TimesheetMissedEvent
from timetracking.models import Timesheet
from timetracking.selectors.missing import missing_weeks
from timetracking.services import timesheets as services
from timetracking.services.reminding import remind_everywhere, remind_of_missing_weeks

pytestmark = pytest.mark.django_db
LAST_WEEK = timedelta(days=3)


def begin_week_today(company: Company) -> None:
    """Let the company's weeks begin on the day that it is now."""
    with acting_for(company):
        update_organization(
            organization_id=company.organization.id, values={"week_starts_on": datetime.now(UTC).isoweekday()}
        )


def reminded(events: RecordedEvents) -> list[Any]:
    return [event.employee_id for event in events.of(TimesheetMissedEvent)]


@pytest.fixture
def company() -> Company:
    found = found_company()
    begin_week_today(found)
    return found


@pytest.mark.rule("timesheets.missing")
def test_reminders_go_to_the_people_of_all_tenants_and_once(company: Company) -> None:
    other = found_company("Other")
    begin_week_today(other)
    people = {hire(company).id, hire(other).id}
    with recorded_events() as events:
        assert remind_everywhere() == 2
        assert remind_everywhere() == 0
        with acting_for(company):
            assert remind_of_missing_weeks() == 0
    assert set(reminded(events)) == people
    assert {event.tenant_id for event in events} == {company.tenant_id, other.tenant_id}
    deliver_all()
    for one in (company, other):
        with acting_for(one):
            [employee] = Employee.objects.all()
            kinds = [row.kind for row in notifications_of(employee.user_id)]
            assert kinds.count(TIMESHEET_MISSING) == 1


@pytest.mark.rule("timesheets.missing")
def test_who_handed_in_began_later_or_left_is_not_reminded(company: Company) -> None:
    today = datetime.now(UTC)
    done, gone, here = hire(company), hire(company), hire(company)
    hire(company, start_date=today.date())
    with acting_for(company):
        end_employee(employee_id=gone.id)
        services.submit_timesheet(timesheet_id=timesheet_of(company, done, today - LAST_WEEK).id)
    timesheet_of(company, here, today - LAST_WEEK)  # open, with a row of its own
    with recorded_events() as events:
        remind_everywhere()
    assert reminded(events) == [here.id]


def test_who_withdrew_after_a_reminder_is_not_reminded_again(company: Company, ada: Employee) -> None:
    assert remind_everywhere() == 1
    with acting_for(company):
        sheet = services.submit_timesheet(timesheet_id=Timesheet.objects.get().id)
        services.reject_timesheet(timesheet_id=sheet.id, reason="Friday is missing")
    assert remind_everywhere() == 0


@pytest.mark.rule("time.zones")
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Asia/Kathmandu", "Europe/Berlin", "Pacific/Pago_Pago"])
def test_each_week_begins_on_the_clock_of_its_person(db: None, zone: str) -> None:
    """Weeks begin on Mondays; the last one of August 2026 is the 31st."""
    ada = hire(found_company(), time_zone=zone)
    midnight = datetime(2026, 8, 31, tzinfo=ZoneInfo(zone))
    seconds = timedelta(seconds=1)
    for moment, due in ((midnight - seconds, 0), (midnight, 1), (midnight + timedelta(days=1) - seconds, 1)):
        found = list(missing_weeks(employed_everywhere(), moment.astimezone(UTC)))
        assert [(week.employee_id, str(week.period_start)) for week in found] == [(ada.id, "2026-08-24")] * due
    assert not list(missing_weeks(employed_everywhere(), (midnight + timedelta(days=1)).astimezone(UTC)))


def test_reminding_many_takes_the_queries_of_reminding_one(company: Company) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            remind_everywhere()
        return sum("eventbus_" not in query["sql"] and "SAVEPOINT" not in query["sql"] for query in captured)

    hire(company)
    one = queries()
    for _ in range(4):
        hire(company)
    assert queries() == one
