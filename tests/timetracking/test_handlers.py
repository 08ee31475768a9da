"""What follows from events: of employments, timers, logs and timesheets."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from employees.models import Employee
from employees.services import end_employee, restore_employee
from gauzy.eventbus.testing import deliver_all, recorded_events
from gauzy.notifications.selectors import notifications_of
from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import acting_as
from tests.factories.people import Company, acting_for, found_company, hire, hire_as, membership_of, team_of
from tests.factories.platform import new_member
from tests.factories.time import HOUR, MONDAY, log_time, start_project, timesheet_of
from timetracking.choices import BUDGET_REACHED, TIMESHEET_DECIDED, TIMESHEET_SUBMITTED
from timetracking.events import ProjectBudgetReachedEvent, TimerStoppedEvent
from timetracking.selectors.consistency import findings
from timetracking.selectors.logs import running_timer
from timetracking.selectors.projects import get_project
from timetracking.services.logs import delete_time_log, update_time_log
from timetracking.services.timer import start_timer
from timetracking.services.timesheets import approve_timesheet, submit_timesheet

pytestmark = pytest.mark.django_db


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _titles(company: Company, user_id: object, kind: str) -> list[str]:
    with acting_for(company):
        return [one.title for one in notifications_of(user_id).filter(kind=kind)]  # type: ignore[arg-type]  # a user's


@pytest.mark.rule("timer.ended")
def test_the_timer_of_an_ended_employee_stops_at_that_moment(company: Company, ada: Employee) -> None:
    with acting_as(membership_of(ada)):
        start_timer(employee_id=ada.id, started_at=_now() - HOUR)
    with acting_for(company):
        ended = end_employee(employee_id=ada.id, reason="moved away")
    with recorded_events() as events:
        deliver_all()
    [stopped] = events.of(TimerStoppedEvent)
    assert (stopped.reason, stopped.stopped_at) == ("employment_ended", ended.ended_at)


@pytest.mark.rule("timer.ended")
def test_a_timer_that_began_a_little_ahead_is_stopped_too(company: Company, ada: Employee) -> None:
    with acting_as(membership_of(ada)):
        start_timer(employee_id=ada.id, started_at=_now() + timedelta(seconds=50))
    with acting_for(company):
        end_employee(employee_id=ada.id, reason="moved away")
    deliver_all()
    with acting_for(company):
        assert running_timer(ada.id) is None


def test_whose_employment_goes_on_again_keeps_a_new_timer(company: Company, ada: Employee) -> None:
    with acting_for(company):
        end_employee(employee_id=ada.id, reason="moved away")
        restore_employee(employee_id=ada.id)
        start_timer(employee_id=ada.id, started_at=_now())
    deliver_all()
    with acting_for(company):
        assert running_timer(ada.id)


@pytest.mark.rule("timer.forgotten")
def test_a_forgotten_timer_is_stopped_when_it_had_run_for_too_long(company: Company, ada: Employee) -> None:
    start = _now() - 30 * HOUR
    with acting_as(membership_of(ada)):
        start_timer(employee_id=ada.id, started_at=start)
    with recorded_events() as events:
        deliver_all()
        assert not events.of(TimerStoppedEvent)
        deliver_all(now=datetime.now(UTC) + 13 * HOUR)
    [stopped] = events.of(TimerStoppedEvent)
    assert (stopped.reason, stopped.stopped_at) == ("forgotten", start + 12 * HOUR)


@pytest.mark.rule("timer.forgotten")
def test_forgotten_timers_of_all_tenants_are_stopped(company: Company, ada: Employee) -> None:
    away = hire(found_company("Other"))
    for employee in (ada, away):
        with acting_as(membership_of(employee)):
            start_timer(employee_id=employee.id)
    with recorded_events() as events:
        deliver_all(now=datetime.now(UTC) + 13 * HOUR)
    assert {event.employee_id for event in events.of(TimerStoppedEvent)} == {ada.id, away.id}


def test_a_budget_announces_each_threshold_once(company: Company, ada: Employee) -> None:
    project, admin = start_project(company, budget_seconds=36_000), new_member(company.owner, Role.ADMIN)
    with recorded_events() as events:
        logs = []
        for hour in (0, 3, 6):
            logs.append(log_time(company, ada, MONDAY + hour * HOUR, hours=3, project_id=project.id))
            deliver_all()
        with acting_for(company):
            delete_time_log(time_log_id=logs[-1].id)
        log_time(company, ada, MONDAY + 7 * HOUR, hours=4, project_id=project.id)
        deliver_all()
    assert [event.percent for event in events.of(ProjectBudgetReachedEvent)] == [50, 80, 100]
    assert len(_titles(company, admin.user.pk, BUDGET_REACHED)) == 3


@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_log_that_leaves_a_project_frees_its_budget(company: Company, ada: Employee, elsewhere: bool) -> None:
    project, other = start_project(company, budget_seconds=3_600), start_project(company)
    log = log_time(company, ada, project_id=project.id)
    deliver_all()
    with acting_for(company):
        assert get_project(project.id).budget_reached == 100
        update_time_log(time_log_id=log.id, values={"project_id": other.id if elsewhere else None})
    deliver_all()
    with acting_for(company):
        assert get_project(project.id).budget_reached == 0


def test_a_budget_of_money_counts_billable_time_of_its_currency(company: Company, ada: Employee) -> None:
    project = start_project(company, budget_amount=Decimal(100))
    with recorded_events() as events:
        log_time(company, ada, project_id=project.id, rate_amount=Decimal(60), rate_currency="XAF")
        log_time(company, ada, MONDAY + HOUR, project_id=project.id, rate_amount=Decimal(60), is_billable=False)
        deliver_all()
        assert not events.of(ProjectBudgetReachedEvent)
        log_time(company, ada, MONDAY + 2 * HOUR, project_id=project.id, rate_amount=Decimal(60))
        deliver_all()
    assert [event.percent for event in events.of(ProjectBudgetReachedEvent)] == [50]


def test_approvers_hear_of_a_submission_and_the_employee_of_the_decision(company: Company, ada: Employee) -> None:
    boss, boss_member = hire_as(company, Role.MANAGER)
    team_of(company, managers=[boss], members=[ada])
    sheet = timesheet_of(company, ada)
    with acting_as(membership_of(ada)):
        submit_timesheet(timesheet_id=sheet.id)
    deliver_all()
    with acting_as(boss_member):
        approve_timesheet(timesheet_id=sheet.id)
    deliver_all()
    assert len(_titles(company, boss.user_id, TIMESHEET_SUBMITTED)) == 1
    assert _titles(company, ada.user_id, TIMESHEET_DECIDED) == ["Your week of 2026-01-05 was approved"]


def test_nothing_is_found_wrong_with_time_that_services_wrote(company: Company, ada: Employee) -> None:
    log_time(company, ada)
    log_time(company, ada, MONDAY + HOUR)
    with acting_for(company):
        assert findings() == []
