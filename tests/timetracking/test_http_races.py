"""DOMAIN §3 and §4 at the same moment over HTTP: one winner, clean conflicts for the rest, never a server error."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from employees.models import Employee
from gauzy.organizations.services import update_settings
from tests.factories.people import Company, acting_for
from tests.factories.platform import token_client
from tests.factories.time import HOUR, MONDAY, log_time, timesheet_of
from timetracking.models import TimeLog, TimesheetEntry
from timetracking.services.timesheets import submit_timesheet

pytestmark = [pytest.mark.django_db(transaction=True)]
API = "/api/v1"
RIVALS = 6
Request = Callable[[APIClient], Any]


def _race(company: Company, requests: Sequence[Request]) -> list[tuple[int, str]]:
    """Send all at the same time, as the company's owner; return each answer's status and code in order."""
    barrier, member = Barrier(len(requests)), company.owner
    clients = [token_client(member) for _ in requests]

    def send(client: APIClient, request: Request) -> tuple[int, str]:
        try:
            client.raise_request_exception = False
            barrier.wait(timeout=30)
            answer = request(client)
            return answer.status_code, answer.json().get("code", "") if answer.content else ""
        finally:
            connection.close()

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(send, clients, requests))


def _post(path: str, headers: Any = None, **body: Any) -> Request:
    return lambda client: client.post(f"{API}/{path}", body, format="json", headers=headers or {})


def _times(hours: int = 1) -> dict[str, str]:
    return {"started_at": MONDAY.isoformat(), "stopped_at": (MONDAY + hours * HOUR).isoformat()}


@pytest.mark.rule("timer.one")
def test_of_parallel_starts_one_timer_runs(company: Company, ada: Employee) -> None:
    with acting_for(company):
        update_settings(organization_id=company.organization.id, values={"second_timer": "refuse"})
    answers = _race(company, [_post("timer/start", employee_id=str(ada.id))] * RIVALS)
    assert sorted(answers) == [(200, "")] + [(409, "timer_running")] * (RIVALS - 1)


@pytest.mark.rule("timer.second")
def test_parallel_starts_that_replace_each_other_leave_one_timer(company: Company, ada: Employee) -> None:
    answers = _race(company, [_post("timer/start", employee_id=str(ada.id))] * RIVALS)
    assert {status for status, _ in answers} == {200}
    with acting_for(company):
        assert TimeLog.objects.filter(stopped_at=None, deleted_at=None).count() == 1


@pytest.mark.rule("timer.one")
def test_parallel_toggles_take_turns(company: Company, ada: Employee) -> None:
    answers = _race(company, [_post("timer/toggle", employee_id=str(ada.id))] * RIVALS)
    assert {status for status, _ in answers} == {200}
    with acting_for(company):
        assert not TimeLog.objects.filter(stopped_at=None, deleted_at=None).exists()


@pytest.mark.rule("logs.overlap")
def test_of_overlapping_creates_one_is_recorded(company: Company, ada: Employee) -> None:
    create = _post("time-logs", employee_id=str(ada.id), **_times())
    bulk = _post("time-logs/bulk", items=[{"employee_id": str(ada.id), **_times(2)}])
    answers = _race(company, [create, bulk] * (RIVALS // 2))
    assert sum(status in {200, 201} for status, _ in answers) == 1
    assert {answer for answer in answers if answer[0] >= 400} <= {(409, "overlap"), (400, "bulk_refused")}


@pytest.mark.rule("timesheets.one")
def test_a_week_is_submitted_once(company: Company, ada: Employee) -> None:
    sheet = timesheet_of(company, ada)
    answers = _race(company, [_post(f"timesheets/{sheet.id}/submit")] * RIVALS)
    assert {status for status, _ in answers} == {200}
    with acting_for(company):
        assert TimesheetEntry.objects.count() == 1


def test_approve_against_reject_has_one_winner(company: Company, ada: Employee) -> None:
    sheet = timesheet_of(company, ada)
    with acting_for(company):
        submit_timesheet(timesheet_id=sheet.id)
    path = f"timesheets/{sheet.id}"
    answers = _race(company, [_post(f"{path}/approve"), _post(f"{path}/reject", reason="no")])
    assert sorted(answers) == [(200, ""), (409, "wrong_state")]


def test_of_changes_to_what_was_seen_one_is_made(company: Company, ada: Employee) -> None:
    log = log_time(company, ada)
    path = f"{API}/time-logs/{log.id}"
    seen = {"If-Match": token_client(company.owner).get(path).headers["ETag"]}
    changes: list[Request] = [
        lambda client: client.patch(path, {"description": "Notes"}, format="json", headers=seen),
        lambda client: client.patch(path, {"description": "Other notes"}, format="json", headers=seen),
    ]
    assert sorted(status for status, _ in _race(company, changes)) == [200, 412]


def test_with_and_without_a_condition_nobody_waits_in_a_circle(company: Company, ada: Employee) -> None:
    log = log_time(company, ada)
    path = f"{API}/time-logs/{log.id}"

    def change(number: int) -> Request:
        headers = {"If-Match": "*"} if number % 2 else {}
        return lambda client: client.patch(path, {"description": f"Note {number}"}, format="json", headers=headers)

    assert {status for status, _ in _race(company, [change(number) for number in range(RIVALS)])} == {200}


def test_one_key_sent_at_once_records_one_log(company: Company, ada: Employee) -> None:
    create = _post("time-logs", {"Idempotency-Key": "once"}, employee_id=str(ada.id), **_times())
    answers = _race(company, [create] * RIVALS)
    assert {answer for answer in answers if answer[0] != 201} <= {(409, "idempotency_key_in_flight")}
    with acting_for(company):
        assert TimeLog.objects.count() == 1
