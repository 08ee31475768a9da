"""DOMAIN §4: a submitted or approved period is locked on every door. The admin's doors are in test_admin.py."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from employees.models import Employee
from gauzy.eventbus.testing import deliver_all, recorded_events
from gauzy.organizations.services import update_settings
from gauzy.tenancy.membership import acting_as
from tests.factories.people import Company, acting_for, membership_of
from tests.factories.platform import token_client
from tests.factories.time import HOUR, MONDAY, log_time, timesheet_of
from timetracking.events import RatesRecomputedEvent, TimerStoppedEvent
from timetracking.models import TimeLog
from timetracking.services.rates import create_rate
from timetracking.services.timer import start_timer
from timetracking.services.timesheets import approve_timesheet, submit_timesheet

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture
def log(company: Company, ada: Employee) -> TimeLog:
    """Return a log in an approved week."""
    found, sheet = log_time(company, ada, hours=2), timesheet_of(company, ada)
    with acting_for(company):
        submit_timesheet(timesheet_id=sheet.id)
        approve_timesheet(timesheet_id=sheet.id)
    return found


@pytest.fixture
def owner(company: Company) -> APIClient:
    return token_client(company.owner)


def _body(log: TimeLog, start: int = 5) -> dict[str, str]:
    begin = MONDAY + start * HOUR
    times = {"started_at": begin.isoformat(), "stopped_at": (begin + HOUR).isoformat()}
    return {"employee_id": str(log.employee_id), **times}


def _refused(answer: Any) -> bool:
    return (answer.status_code, answer.json()["code"]) == (409, "period_locked")


def test_the_lock_holds_on_the_api(owner: APIClient, log: TimeLog) -> None:
    one = f"{API}/time-logs/{log.id}"
    cut = {"employee_id": str(log.employee_id), "start": MONDAY.isoformat(), "end": (MONDAY + HOUR).isoformat()}
    with recorded_events() as events:
        assert _refused(owner.post(f"{API}/time-logs", _body(log), format="json"))
        assert _refused(owner.patch(one, {"description": "x"}, format="json"))
        assert _refused(owner.delete(one))
        assert _refused(owner.post(f"{one}/split", {"at": (MONDAY + HOUR).isoformat()}, format="json"))
        assert _refused(owner.post(f"{API}/time-logs/remove-time", cut, format="json"))
    assert not events


def test_the_lock_holds_on_the_bulk(owner: APIClient, log: TimeLog) -> None:
    items = [_body(log), _body(log, start=24 * 7)]
    assert "items.0" in str(owner.post(f"{API}/time-logs/bulk", {"items": items}, format="json").json()["errors"])
    given = {"items": items, "atomic": False}
    results = owner.post(f"{API}/time-logs/bulk", given, format="json").json()["results"]
    assert [one["code"] for one in results] == ["period_locked", ""]


def test_the_lock_holds_on_the_timer(owner: APIClient, log: TimeLog) -> None:
    start = {"employee_id": str(log.employee_id), "started_at": (MONDAY + 5 * HOUR).isoformat()}
    assert _refused(owner.post(f"{API}/timer/start", start, format="json"))


def test_the_lock_holds_on_the_command(company: Company, log: TimeLog) -> None:
    organization = company.organization
    with acting_for(company):
        create_rate(organization_id=organization.id, amount=Decimal(80), valid_from=MONDAY.date())
    days = {"first_day": MONDAY.date(), "last_day": MONDAY.date()}
    with recorded_events() as events:
        call_command(
            "timesheets", "recompute-rates", tenant=str(company.tenant_id), organization=organization.id, **days
        )
    log.refresh_from_db()
    assert log.rate_amount is None
    assert [(event.changed, event.skipped) for event in events.of(RatesRecomputedEvent)] == [(0, 1)]


def test_the_lock_holds_on_the_worker_and_work_done_is_not_lost(company: Company, ada: Employee) -> None:
    start = datetime.now(UTC).replace(microsecond=0) - 30 * HOUR
    with acting_as(membership_of(ada)):
        running = start_timer(employee_id=ada.id, started_at=start)
    with acting_for(company):
        closed = (datetime.now(UTC) - timedelta(days=1)).date()
        update_settings(organization_id=company.organization.id, values={"lock_date": closed})
    with recorded_events() as events:
        deliver_all(now=datetime.now(UTC) + 13 * HOUR)
    running.refresh_from_db()
    assert (running.stopped_at, running.in_locked_time) == (start + 12 * HOUR, True)
    assert [event.in_locked_time for event in events.of(TimerStoppedEvent)] == [True]
