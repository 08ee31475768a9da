"""DOMAIN §3 and §4 under concurrency: exactly one winner, clean refusals for the rest."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from employees.models import Employee
from gauzy.exceptions import BulkRefused, DomainError
from gauzy.organizations.services import update_organization, update_settings
from tests.factories.people import Company, acting_for, hire
from tests.factories.time import HOUR, MONDAY, start_project, timesheet_of
from timetracking.exceptions import Overlaps, WrongState
from timetracking.models import TimeLog, Timesheet, TimesheetEntry
from timetracking.services.approving import approve_timesheets
from timetracking.services.logs import create_time_log, create_time_logs
from timetracking.services.reminding import remind_everywhere
from timetracking.services.tasks import create_task
from timetracking.services.timer import start_timer
from timetracking.services.timesheets import (
    approve_timesheet,
    ensure_timesheet,
    reject_timesheet,
    submit_timesheet,
)

pytestmark = [pytest.mark.django_db(transaction=True)]
RIVALS = 6


def _race(company: Company, *deeds: Callable[[], Any]) -> list[Any]:
    """Do all at the same time, as the company's owner; return results and refusals. Other errors are raised."""
    barrier = Barrier(len(deeds))

    def attempt(deed: Callable[[], Any]) -> Any:
        try:
            with acting_for(company):
                barrier.wait(timeout=30)
                return deed()
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(attempt, deeds))


@pytest.mark.rule("timer.one")
def test_of_parallel_starts_one_timer_runs(company: Company, ada: Employee) -> None:
    with acting_for(company):
        update_settings(organization_id=company.organization.id, values={"second_timer": "refuse"})
    outcomes = _race(company, *[lambda: start_timer(employee_id=ada.id)] * RIVALS)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["TimeLog"] + ["TimerRunning"] * (RIVALS - 1)


@pytest.mark.rule("logs.overlap")
def test_of_overlapping_creates_one_is_recorded(company: Company, ada: Employee) -> None:
    def create() -> TimeLog:
        return create_time_log(employee_id=ada.id, started_at=MONDAY, stopped_at=MONDAY + HOUR)

    outcomes = _race(company, *[create] * RIVALS)
    assert sum(isinstance(outcome, TimeLog) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Overlaps) for outcome in outcomes) == RIVALS - 1


@pytest.mark.rule("timesheets.one")
def test_a_period_is_made_and_submitted_once(company: Company, ada: Employee) -> None:
    def hand_in() -> Timesheet:
        return submit_timesheet(timesheet_id=ensure_timesheet(employee_id=ada.id, day=MONDAY.date()).id)

    outcomes = _race(company, *[hand_in] * RIVALS)
    assert {outcome.version for outcome in outcomes} == {2}
    with acting_for(company):
        assert TimesheetEntry.objects.count() == Timesheet.objects.count() == 1


@pytest.mark.rule("timesheets.moves")
def test_approve_against_reject_has_one_winner(company: Company, ada: Employee) -> None:
    sheet = timesheet_of(company, ada)
    with acting_for(company):
        submit_timesheet(timesheet_id=sheet.id)
    outcomes = _race(
        company,
        lambda: approve_timesheet(timesheet_id=sheet.id),
        lambda: reject_timesheet(timesheet_id=sheet.id, reason="no"),
    )
    assert sum(isinstance(outcome, WrongState) for outcome in outcomes) == 1


@pytest.mark.rule("logs.overlap", "logs.bulk")
def test_of_bulks_that_overlap_one_is_recorded(company: Company, ada: Employee) -> None:
    grace = hire(company)

    def create(people: Sequence[Employee]) -> list[Any]:
        times: Any = {"started_at": MONDAY, "stopped_at": MONDAY + HOUR}
        return create_time_logs(items=[{"employee_id": one.id} | times for one in people])

    orders = [(ada, grace), (grace, ada)] * (RIVALS // 2)  # whoever locks in the order given would wait in a circle
    outcomes = _race(company, *[partial(create, people) for people in orders])
    assert sum(isinstance(outcome, BulkRefused) for outcome in outcomes) == RIVALS - 1
    with acting_for(company):
        assert TimeLog.objects.count() == 2


@pytest.mark.rule("timesheets.moves")
def test_approvals_of_several_at_once_and_a_rejection_have_one_winner(company: Company, ada: Employee) -> None:
    sheets = [timesheet_of(company, one) for one in (ada, hire(company))]
    with acting_for(company):
        ids = [submit_timesheet(timesheet_id=sheet.id).id for sheet in sheets]

    def approve(chosen: Sequence[UUID]) -> list[Any]:
        return approve_timesheets(items=[(id, None) for id in chosen], atomic=False)

    rejected, *_ = _race(
        company,
        lambda: reject_timesheet(timesheet_id=ids[0], reason="no"),
        *[partial(approve, chosen) for chosen in (ids, ids[::-1]) * 2],
    )
    with acting_for(company):
        first, second = (Timesheet.objects.get(pk=id) for id in ids)
        assert (first.status, second.status) == (
            "approved" if isinstance(rejected, WrongState) else "rejected",
            "approved",
        )
        assert TimesheetEntry.objects.count() == 4


@pytest.mark.rule("timesheets.same-row")
def test_a_log_and_the_submission_of_its_period_do_not_slip_past_each_other(company: Company, ada: Employee) -> None:
    sheet = timesheet_of(company, ada)
    log, submitted = _race(
        company,
        lambda: create_time_log(employee_id=ada.id, started_at=MONDAY, stopped_at=MONDAY + HOUR),
        lambda: submit_timesheet(timesheet_id=sheet.id),
    )
    assert isinstance(submitted, Timesheet)
    with acting_for(company):
        entry = TimesheetEntry.objects.get()
    assert entry.seconds == (3600 if isinstance(log, TimeLog) else 0)


@pytest.mark.rule("timesheets.missing")
def test_of_parallel_reminders_one_is_given(company: Company, ada: Employee) -> None:
    with acting_for(company):
        first_day = datetime.now(UTC).isoweekday()
        update_organization(organization_id=company.organization.id, values={"week_starts_on": first_day})
    assert sorted(_race(company, *[remind_everywhere] * RIVALS)) == [0] * (RIVALS - 1) + [1]


@pytest.mark.rule("projects.numbers")
def test_numbers_of_tasks_are_unique_and_without_gaps(company: Company) -> None:
    project = start_project(company)
    tasks = _race(company, *[lambda: create_task(project_id=project.id, title="Draw")] * RIVALS)
    assert sorted(task.number for task in tasks) == list(range(1, RIVALS + 1))
