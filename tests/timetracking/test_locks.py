"""DOMAIN §4: what is locked is locked on every door; a test for each door, named after it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from rest_framework.test import APIClient

from employees.models import Employee
from gauzy.eventbus.testing import RecordedEvents, deliver_all, recorded_events
from gauzy.organizations.services import update_settings
from gauzy.tenancy.membership import acting_as
from tests.factories.billing import approve_week, client_of, log_of, project_of
from tests.factories.desk import desk_of, page_of
from tests.factories.people import Company, acting_for, membership_of
from tests.factories.platform import token_client
from tests.factories.time import HOUR, MONDAY, log_time, timesheet_of
from timetracking.events import RatesRecomputedEvent, TimerStoppedEvent
from timetracking.importing.running import import_time
from timetracking.models import TimeImport, TimeLog
from timetracking.selectors.invoices import Wanted
from timetracking.services.drafting import Terms
from timetracking.services.invoices import create_invoice
from timetracking.services.logs import delete_time_log
from timetracking.services.rates import create_rate, recompute_rates
from timetracking.services.timer import start_timer
from timetracking.services.timesheets import approve_timesheet, submit_timesheet

pytestmark = pytest.mark.django_db
API = "/api/v1"
CODES = {"submitted": "period_locked", "approved": "period_locked", "closed": "lock_date_passed"}
PRESSED: dict[str, Any] = {"_form_submitted": "on"}  # the button in the dialog


class Locked:
    """A log of last winter, another that was deleted, and what locks their week."""

    def __init__(self, company: Company, employee: Employee, how: str) -> None:
        self.company, self.employee, self.code = company, employee, CODES[how]
        self.log = log_time(company, employee, hours=2)
        self.gone = log_time(company, employee, MONDAY + 3 * HOUR)
        with acting_for(company):
            delete_time_log(time_log_id=self.gone.id)
            _LOCKS[how](self)
        self.before = self._state()

    def refused(self, answer: Any) -> bool:
        return (answer.status_code, answer.json()["code"]) == (409, self.code)

    def is_untouched(self) -> bool:
        return self._state() == self.before

    def body(self, start: int = 5) -> dict[str, str]:
        begin = MONDAY + start * HOUR
        times = {"started_at": begin.isoformat(), "stopped_at": (begin + HOUR).isoformat()}
        return {"employee_id": str(self.employee.id), **times}

    def csv(self) -> bytes:
        """Return a file with an hour of the locked Monday, and one of a week that is open."""
        row = f"{self.employee.user.email},{{day}},15:00,{{day}},16:00\n"
        rows = "".join(row.format(day=day) for day in ("2026-01-05", "2026-03-02"))
        return f"Email,Start date,Start time,End date,End time\n{rows}".encode()

    def submit(self) -> Any:
        return submit_timesheet(timesheet_id=timesheet_of(self.company, self.employee).id)

    def _state(self) -> list[Any]:
        logs = TimeLog.unscoped.filter(employee=self.employee, started_at__lt=MONDAY + timedelta(days=6))
        return list(logs.order_by("id").values())


_LOCKS: dict[str, Callable[[Locked], Any]] = {
    "submitted": lambda one: one.submit(),
    "approved": lambda one: approve_timesheet(timesheet_id=one.submit().id),
    "closed": lambda one: update_settings(
        organization_id=one.company.organization.id, values={"lock_date": MONDAY.date() + timedelta(days=6)}
    ),
}


@pytest.fixture(params=CODES)
def locked(request: pytest.FixtureRequest, company: Company, ada: Employee) -> Locked:
    return Locked(company, ada, request.param)


@pytest.fixture
def owner(company: Company) -> APIClient:
    return token_client(company.owner)


@pytest.mark.rule("timesheets.lock")
def test_the_lock_holds_on_the_api(owner: APIClient, locked: Locked) -> None:
    one, gone = (f"{API}/time-logs/{log.id}" for log in (locked.log, locked.gone))
    cut = {"employee_id": str(locked.employee.id), "start": MONDAY.isoformat(), "end": (MONDAY + HOUR).isoformat()}
    with recorded_events() as events:
        assert locked.refused(owner.post(f"{API}/time-logs", locked.body(), format="json"))
        assert locked.refused(owner.patch(one, {"description": "x"}, format="json"))
        assert locked.refused(owner.delete(one))
        assert locked.refused(owner.post(f"{gone}/restore", {}, format="json"))
        assert locked.refused(owner.post(f"{one}/split", {"at": (MONDAY + HOUR).isoformat()}, format="json"))
        assert locked.refused(owner.post(f"{API}/time-logs/remove-time", cut, format="json"))
    assert not events
    assert locked.is_untouched()


@pytest.mark.rule("timesheets.lock")
def test_the_lock_holds_on_the_bulk(owner: APIClient, locked: Locked) -> None:
    items = [locked.body(), locked.body(start=24 * 7)]
    assert "items.0" in str(owner.post(f"{API}/time-logs/bulk", {"items": items}, format="json").json()["errors"])
    given = {"items": items, "atomic": False}
    results = owner.post(f"{API}/time-logs/bulk", given, format="json").json()["results"]
    assert [one["code"] for one in results] == [locked.code, ""]
    assert locked.is_untouched()


@pytest.mark.rule("timesheets.lock")
def test_the_lock_holds_on_the_timer(owner: APIClient, locked: Locked) -> None:
    start = {"employee_id": str(locked.employee.id), "started_at": (MONDAY + 5 * HOUR).isoformat()}
    assert locked.refused(owner.post(f"{API}/timer/start", start, format="json"))
    assert locked.is_untouched()


@pytest.mark.rule("timesheets.lock")
def test_the_lock_holds_on_the_import(owner: APIClient, locked: Locked) -> None:
    given = {"file": SimpleUploadedFile("t.csv", locked.csv()), "organization_id": str(locked.company.organization.id)}
    report = owner.post(f"{API}/timelog-imports", given, format="multipart").json()
    assert [row["code"] for row in report["rows"]] == [locked.code, ""]
    assert locked.is_untouched()


@pytest.mark.rule("timesheets.lock")
def test_the_lock_holds_on_the_import_at_the_desk(locked: Locked) -> None:
    page = reverse("admin:timetracking_timeimport_import_csv")
    file = SimpleUploadedFile("t.csv", locked.csv())
    place = {"organization_id": str(locked.company.organization.id), "day_start": "09:00"}
    answer = desk_of(locked.company.owner).post(page, place | {"file": file, "import": ""})
    assert [row.code for row, _ in answer.context["verdicts"]] == [locked.code, ""]
    assert locked.is_untouched()


@pytest.mark.rule("timesheets.lock", "imports.undo")
@pytest.mark.parametrize("door", ["api", "admin", "command"])
def test_the_lock_holds_on_the_undo_of_an_import(company: Company, ada: Employee, owner: APIClient, door: str) -> None:
    row = f"{ada.user.email},2026-01-05,15:00,2026-01-05,16:00"
    with acting_for(company):
        import_time(
            content=f"Email,Start date,Start time,End date,End time\n{row}\n".encode(),
            organization_id=company.organization.id,
        )
    locked, done = Locked(company, ada, "approved"), TimeImport.unscoped.get()
    undo: dict[str, Callable[[], Any]] = {
        "api": lambda: owner.post(f"{API}/timelog-imports/{done.id}/undo", {}, format="json"),
        "admin": lambda: desk_of(company.owner).post(
            reverse("admin:timetracking_timeimport_undo", args=(done.pk,)), PRESSED
        ),
        "command": lambda: _command("timelogs", "undo", str(done.pk), company=company),
    }
    with recorded_events() as events:
        undo[door]()
    assert not events
    assert locked.is_untouched()


@pytest.mark.rule("timesheets.lock")
def test_the_lock_holds_on_the_admins_form(locked: Locked) -> None:
    desk, plain = desk_of(locked.company.owner), {"employee": str(locked.employee.pk), "is_billable": "on"}
    day = {"started_at_0": "2026-01-05", "stopped_at_0": "2026-01-05"}
    with recorded_events() as events:
        answer = desk.post(
            reverse("admin:timetracking_timelog_add"),
            plain | day | {"started_at_1": "14:00:00", "stopped_at_1": "15:00:00"},
        )
        assert answer.context["adminform"].form.errors
        times = {"started_at_1": "08:00:00", "stopped_at_1": "10:00:00", "description": "x"}
        assert desk.post(page_of(locked.log), plain | day | times).status_code in {200, 403}
    assert not events
    assert locked.is_untouched()


@pytest.mark.rule("timesheets.lock")
@pytest.mark.parametrize(("action", "given"), [("remove", {}), ("split", {"at_0": "2026-01-05", "at_1": "08:30"})])
def test_the_lock_holds_on_the_admins_actions(locked: Locked, action: str, given: dict[str, str]) -> None:
    address = reverse(f"admin:timetracking_timelog_{action}", args=(locked.log.pk,))
    with recorded_events() as events:
        desk_of(locked.company.owner).post(address, PRESSED | given)
    assert not events
    assert locked.is_untouched()


@pytest.mark.rule("timesheets.lock")
def test_the_lock_holds_on_the_command_that_imports(locked: Locked, tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_bytes(locked.csv())
    said = _command(
        "timelogs", "import", str(file), company=locked.company, organization=locked.company.organization.id
    )
    assert locked.code in said
    assert locked.is_untouched()


@pytest.mark.rule("timesheets.lock", "rates.history")
def test_the_lock_holds_on_the_command_that_recomputes_rates(locked: Locked) -> None:
    organization = locked.company.organization
    with acting_for(locked.company):
        create_rate(organization_id=organization.id, amount=Decimal(80), valid_from=MONDAY.date())
    with recorded_events() as events:
        said = _command("timesheets", "recompute-rates", company=locked.company, **_of_the_day(organization.id))
    assert "0 logs changed; 1 are locked and stay." in said
    assert _outcome(events) == (0, 1)
    assert locked.is_untouched()


@pytest.mark.rule("rates.history")
def test_recomputing_leaves_time_on_a_live_invoice_alone(company: Company, ada: Employee) -> None:
    client = client_of(company)
    log, sheet = log_of(ada, project_of(client), start=MONDAY, hours=1), approve_week(ada, MONDAY.date())
    with acting_for(company):
        create_rate(organization_id=company.organization.id, amount=Decimal(80), valid_from=MONDAY.date())
        create_invoice(wanted=Wanted(client_id=client.pk), terms=Terms())
        type(sheet).objects.filter(pk=sheet.pk).delete()  # so that nothing but the invoice holds the log
        assert recompute_rates(**_of_the_day(company.organization.id, key="organization_id")).changed == 0
    log.refresh_from_db()
    assert log.rate_amount == Decimal(100)


@pytest.mark.rule("timesheets.lock", "timesheets.work-kept")
def test_the_lock_holds_on_the_task_and_work_done_is_not_lost(company: Company, ada: Employee) -> None:
    """The one that stops forgotten timers; what ends in locked time is kept, and reported as a conflict."""
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


def _command(*words: str, company: Company, **options: Any) -> str:
    out = StringIO()
    try:
        call_command(*words, tenant=str(company.tenant_id), stdout=out, stderr=out, **options)
    except CommandError as error:
        out.write(str(error))
    return out.getvalue()


def _of_the_day(organization_id: Any, key: str = "organization") -> dict[str, Any]:
    return {key: organization_id, "first_day": MONDAY.date(), "last_day": MONDAY.date()}


def _outcome(events: RecordedEvents) -> tuple[int, int]:
    [event] = events.of(RatesRecomputedEvent)
    return event.changed, event.skipped
