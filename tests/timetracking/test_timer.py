"""DOMAIN §3: the timer."""

from datetime import UTC, datetime, timedelta

import pytest

from employees.exceptions import EmployeeNotFound
from employees.models import Employee
from employees.services import end_employee
from gauzy.eventbus.testing import recorded_events
from gauzy.organizations.services import update_settings
from gauzy.tenancy.membership import acting_as
from tests.factories.people import Company, acting_for, hire, membership_of
from tests.factories.time import HOUR, log_time
from timetracking.events import TimeLogCreatedEvent, TimerStartedEvent, TimerStoppedEvent
from timetracking.exceptions import EmploymentOver, EmptyInterval, Overlaps, StartsInFuture, TimerRunning
from timetracking.models import TimeLog
from timetracking.services.timer import start_timer, stop_timer, toggle_timer

pytestmark = pytest.mark.django_db


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.mark.rule("timer.repeat")
def test_a_timer_that_is_stopped_becomes_a_log(company: Company, ada: Employee) -> None:
    start = _now() - HOUR
    with acting_as(membership_of(ada)), recorded_events() as events:
        log = start_timer(employee_id=ada.id, started_at=start)
        stopped = stop_timer(employee_id=ada.id)
        again = stop_timer(employee_id=ada.id)
    assert stopped.log is not None
    assert stopped.log.id == log.id
    assert (again.log, again.discarded) == (None, False)
    assert [type(event) for event in events] == [TimerStartedEvent, TimerStoppedEvent, TimeLogCreatedEvent]


@pytest.mark.rule("timer.second")
def test_starting_another_stops_the_first_at_that_very_instant(company: Company, ada: Employee) -> None:
    start = _now() - HOUR
    with acting_as(membership_of(ada)):
        first = start_timer(employee_id=ada.id, started_at=start)
        second = start_timer(employee_id=ada.id, started_at=start + HOUR / 2)
        first.refresh_from_db()
    assert first.stopped_at == second.started_at
    with acting_for(company):
        assert TimeLog.objects.filter(employee_id=ada.id, stopped_at=None).count() == 1


@pytest.mark.rule("timer.second")
def test_or_is_refused_where_the_organization_says_so(company: Company, ada: Employee) -> None:
    with acting_for(company):
        update_settings(organization_id=company.organization.id, values={"second_timer": "refuse"})
    with acting_as(membership_of(ada)):
        start_timer(employee_id=ada.id)
        with pytest.raises(TimerRunning):
            start_timer(employee_id=ada.id)


@pytest.mark.rule("time.never-empty")
def test_a_timer_stopped_within_its_second_is_discarded_and_the_answer_says_so(company: Company, ada: Employee) -> None:
    soon = _now() + timedelta(seconds=30)
    with acting_as(membership_of(ada)), recorded_events() as events:
        start_timer(employee_id=ada.id, started_at=soon)
        assert stop_timer(employee_id=ada.id).discarded
    assert not events.of(TimeLogCreatedEvent)
    assert events.of(TimerStoppedEvent)[0].discarded


@pytest.mark.rule("logs.nothing-lost")
@pytest.mark.parametrize("earlier", [timedelta(0), timedelta(minutes=30)])
def test_starting_another_before_the_running_one_never_discards_its_work(
    company: Company, ada: Employee, earlier: timedelta
) -> None:
    with acting_as(membership_of(ada)), recorded_events() as events:
        running = start_timer(employee_id=ada.id, started_at=_now() - HOUR)
        with pytest.raises(TimerRunning):
            start_timer(employee_id=ada.id, started_at=running.started_at - earlier)
        running.refresh_from_db()
    assert (running.stopped_at, running.deleted_at) == (None, None)
    assert not events.of(TimerStoppedEvent)


@pytest.mark.rule("timer.future")
def test_a_timer_is_not_stopped_before_it_began(company: Company, ada: Employee) -> None:
    with acting_as(membership_of(ada)), recorded_events() as events:
        running = start_timer(employee_id=ada.id, started_at=_now() - HOUR)
        with pytest.raises(EmptyInterval):
            stop_timer(employee_id=ada.id, stopped_at=running.started_at - timedelta(minutes=30))
        running.refresh_from_db()
    assert (running.stopped_at, running.deleted_at) == (None, None)
    assert not events.of(TimerStoppedEvent)


@pytest.mark.rule("timer.future")
def test_a_timer_starts_at_most_a_minute_ahead(company: Company, ada: Employee) -> None:
    with acting_as(membership_of(ada)), pytest.raises(StartsInFuture):
        start_timer(employee_id=ada.id, started_at=_now() + timedelta(seconds=90))


@pytest.mark.rule("logs.overlap")
def test_a_running_timer_occupies_all_that_is_later(company: Company, ada: Employee) -> None:
    start = _now() - HOUR
    with acting_as(membership_of(ada)):
        start_timer(employee_id=ada.id, started_at=start)
    with pytest.raises(Overlaps):
        log_time(company, ada, start + 6 * HOUR)
    log_time(company, ada, start - HOUR)


def test_toggling_starts_and_stops(company: Company, ada: Employee) -> None:
    with acting_as(membership_of(ada)):
        assert isinstance(toggle_timer(employee_id=ada.id), TimeLog)
        assert not isinstance(toggle_timer(employee_id=ada.id), TimeLog)


def test_nobody_starts_a_colleagues_timer(company: Company, ada: Employee) -> None:
    with acting_as(membership_of(hire(company))), pytest.raises(EmployeeNotFound):
        start_timer(employee_id=ada.id)


@pytest.mark.rule("timesheets.work-kept")
def test_a_timer_that_ends_in_locked_time_is_kept_and_marked(company: Company, ada: Employee) -> None:
    with acting_as(membership_of(ada)):
        start_timer(employee_id=ada.id, started_at=_now() - 48 * HOUR)
    with acting_for(company):
        update_settings(organization_id=company.organization.id, values={"lock_date": _now().date() - timedelta(1)})
    with acting_as(membership_of(ada)), recorded_events() as events:
        stopped = stop_timer(employee_id=ada.id)
    assert stopped.log is not None
    assert stopped.log.in_locked_time
    assert events.of(TimerStoppedEvent)[0].in_locked_time


def test_no_timer_starts_for_an_employment_that_has_ended(company: Company, ada: Employee) -> None:
    with acting_for(company):
        end_employee(employee_id=ada.id, reason="moved away")
        with pytest.raises(EmploymentOver):
            start_timer(employee_id=ada.id)
        assert not TimeLog.objects.exists()
