"""DOMAIN §4: timesheets."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from employees.models import Employee
from employees.services import update_employee
from gauzy.eventbus.testing import recorded_events
from gauzy.organizations.services import update_settings
from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import acting_as
from tests.factories.people import Company, acting_for, hire, hire_as, membership_of, team_of
from tests.factories.time import HOUR, MONDAY, log_time, timesheet_of
from timetracking.choices import TimesheetMove as Move
from timetracking.choices import TimesheetStatus as Status
from timetracking.events import TimesheetApprovedEvent, TimesheetSubmittedEvent
from timetracking.exceptions import (
    NotYours,
    OwnTimesheet,
    PeriodLocked,
    PeriodNotBegun,
    ReasonRequired,
    TimerRunning,
    VersionChanged,
    WrongState,
)
from timetracking.models import Timesheet
from timetracking.selectors.locks import is_approved
from timetracking.selectors.timesheets import covered, totals_of
from timetracking.selectors.weeks import week_of
from timetracking.services import timesheets as services
from timetracking.services.approving import approve_timesheets
from timetracking.services.cutting import remove_time, split_time_log
from timetracking.services.logs import (
    create_time_log,
    create_time_logs,
    delete_time_log,
    restore_time_log,
    update_time_log,
)
from timetracking.services.timer import start_timer

pytestmark = pytest.mark.django_db


def _make(company: Company, ada: Employee, sheet: Timesheet, move: Move) -> Timesheet:
    """Make a move as whoever may."""
    if move is Move.WITHDRAW:
        with acting_as(membership_of(ada)):
            return services.withdraw_timesheet(timesheet_id=sheet.id)
    with acting_for(company):
        match move:
            case Move.SUBMIT:
                return services.submit_timesheet(timesheet_id=sheet.id)
            case Move.APPROVE:
                return services.approve_timesheet(timesheet_id=sheet.id)
            case Move.REJECT:
                return services.reject_timesheet(timesheet_id=sheet.id, reason="Friday is missing")
            case Move.REOPEN:
                return services.reopen_timesheet(timesheet_id=sheet.id, reason="a mistake")


WAY_TO: dict[Status, list[Move]] = {
    Status.OPEN: [],
    Status.SUBMITTED: [Move.SUBMIT],
    Status.APPROVED: [Move.SUBMIT, Move.APPROVE],
    Status.REJECTED: [Move.SUBMIT, Move.REJECT],
}
ALLOWED = {
    (Status.OPEN, Move.SUBMIT): Status.SUBMITTED,
    (Status.REJECTED, Move.SUBMIT): Status.SUBMITTED,
    (Status.SUBMITTED, Move.WITHDRAW): Status.OPEN,
    (Status.SUBMITTED, Move.APPROVE): Status.APPROVED,
    (Status.SUBMITTED, Move.REJECT): Status.REJECTED,
    (Status.APPROVED, Move.REOPEN): Status.OPEN,
}
REPEATED = {
    (Status.SUBMITTED, Move.SUBMIT),
    (Status.APPROVED, Move.APPROVE),
    (Status.REJECTED, Move.REJECT),
}


@pytest.mark.rule("timesheets.moves", "timesheets.history")
@pytest.mark.parametrize("status", Status, ids=str)
@pytest.mark.parametrize("move", Move, ids=str)
def test_every_move_from_every_state(company: Company, ada: Employee, status: Status, move: Move) -> None:
    log_time(company, ada)
    sheet = timesheet_of(company, ada)
    for step in WAY_TO[status]:
        sheet = _make(company, ada, sheet, step)
    before = sheet.version
    with recorded_events() as events:
        if target := ALLOWED.get((status, move)):
            sheet = _make(company, ada, sheet, move)
            assert (sheet.status, sheet.version, len(events)) == (target, before + 1, 1)
        elif (status, move) in REPEATED:
            sheet = _make(company, ada, sheet, move)
            assert (sheet.status, sheet.version, len(events)) == (status, before, 0)
        else:
            with pytest.raises(WrongState):
                _make(company, ada, sheet, move)
            assert len(events) == 0
    with acting_for(company):
        history = list(Timesheet.objects.get(pk=sheet.pk).history.all())
    assert [entry.move for entry in history] == WAY_TO[status] + ([move] if (status, move) in ALLOWED else [])
    assert all(entry.seconds == entry.billable_seconds == 3600 for entry in history)


@pytest.mark.rule("timesheets.submit")
def test_a_week_in_the_future_or_with_a_running_timer_is_not_submitted(company: Company, ada: Employee) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    with acting_as(membership_of(ada)):
        start_timer(employee_id=ada.id, started_at=now - HOUR)
    with acting_for(company), pytest.raises(TimerRunning):
        services.submit_timesheet(timesheet_id=timesheet_of(company, ada, now).id)
    with acting_for(company), pytest.raises(PeriodNotBegun):
        services.submit_timesheet(timesheet_id=timesheet_of(company, ada, now + timedelta(days=14)).id)


@pytest.mark.rule("timesheets.reasons")
def test_rejecting_and_reopening_need_a_reason(company: Company, ada: Employee) -> None:
    sheet = _make(company, ada, timesheet_of(company, ada), Move.SUBMIT)
    with acting_for(company):
        with pytest.raises(ReasonRequired):
            services.reject_timesheet(timesheet_id=sheet.id, reason=" ")
        services.approve_timesheet(timesheet_id=sheet.id)
        with pytest.raises(ReasonRequired):
            services.reopen_timesheet(timesheet_id=sheet.id, reason="")


@pytest.mark.rule("timesheets.version")
def test_an_approval_may_be_of_the_version_that_was_seen(company: Company, ada: Employee) -> None:
    sheet = _make(company, ada, timesheet_of(company, ada), Move.SUBMIT)
    seen = sheet.version
    _make(company, ada, sheet, Move.WITHDRAW)
    again = _make(company, ada, sheet, Move.SUBMIT)
    with acting_for(company):
        with pytest.raises(VersionChanged):
            services.approve_timesheet(timesheet_id=sheet.id, version=seen)
        services.approve_timesheet(timesheet_id=sheet.id, version=again.version)


@pytest.mark.rule("timesheets.approvers")
def test_only_those_who_manage_an_employee_decide_and_nobody_on_their_own(company: Company, ada: Employee) -> None:
    boss, boss_member = hire_as(company, Role.MANAGER)
    _, stranger = hire_as(company, Role.MANAGER)
    team_of(company, managers=[boss], members=[ada])
    sheet = _make(company, ada, timesheet_of(company, ada), Move.SUBMIT)
    own = _make(company, boss, timesheet_of(company, boss), Move.SUBMIT)
    with acting_as(stranger), pytest.raises(Exception, match="no such timesheet"):
        services.approve_timesheet(timesheet_id=sheet.id)
    with acting_as(membership_of(ada)), pytest.raises(OwnTimesheet):
        services.approve_timesheet(timesheet_id=sheet.id)
    with acting_as(membership_of(hire(company))), pytest.raises(Exception, match="no such timesheet"):
        services.approve_timesheet(timesheet_id=sheet.id)
    with acting_as(boss_member):
        with pytest.raises(OwnTimesheet):
            services.approve_timesheet(timesheet_id=own.id)
        assert services.approve_timesheet(timesheet_id=sheet.id).status == Status.APPROVED
    with acting_for(company):
        update_settings(organization_id=company.organization.id, values={"approve_own": True})
    with acting_as(boss_member):
        assert services.approve_timesheet(timesheet_id=own.id).status == Status.APPROVED


@pytest.mark.rule("timesheets.approvers")
def test_only_the_owner_withdraws(company: Company, ada: Employee) -> None:
    sheet = _make(company, ada, timesheet_of(company, ada), Move.SUBMIT)
    with acting_for(company), pytest.raises(NotYours):
        services.withdraw_timesheet(timesheet_id=sheet.id)


@pytest.mark.rule("timesheets.lock")
@pytest.mark.parametrize("door", ["create", "bulk", "update", "move_in", "delete", "restore", "split", "cut", "timer"])
@pytest.mark.parametrize("approved", [False, True], ids=["submitted", "approved"])
def test_the_lock_holds_on_every_door(company: Company, ada: Employee, door: str, approved: bool) -> None:
    log, gone = log_time(company, ada), log_time(company, ada, MONDAY + 3 * HOUR)
    outside = log_time(company, ada, MONDAY + timedelta(days=9))
    with acting_for(company):
        delete_time_log(time_log_id=gone.id)
    sheet = _make(company, ada, timesheet_of(company, ada), Move.SUBMIT)
    if approved:
        _make(company, ada, sheet, Move.APPROVE)
    free: Any = {"employee_id": ada.id, "started_at": MONDAY + 5 * HOUR, "stopped_at": MONDAY + 6 * HOUR}
    into: Any = {"started_at": MONDAY + 5 * HOUR, "stopped_at": MONDAY + 6 * HOUR}
    doors: dict[str, Any] = {
        "create": lambda: create_time_log(**free),
        "bulk": lambda: _raised(create_time_logs(items=[free], atomic=False)),
        "update": lambda: update_time_log(time_log_id=log.id, values={"description": "x"}),
        "move_in": lambda: update_time_log(time_log_id=outside.id, values=into),
        "delete": lambda: delete_time_log(time_log_id=log.id),
        "restore": lambda: restore_time_log(time_log_id=gone.id),
        "split": lambda: split_time_log(time_log_id=log.id, at=MONDAY + HOUR / 2),
        "cut": lambda: remove_time(employee_id=ada.id, start=MONDAY, end=MONDAY + HOUR / 2),
        "timer": lambda: start_timer(employee_id=ada.id, started_at=MONDAY + 5 * HOUR),
    }
    with acting_for(company), recorded_events() as events:
        with pytest.raises(PeriodLocked):
            doors[door]()
        assert len(events) == 0


def _raised(outcomes: list[Any]) -> None:
    raise outcomes[0]


@pytest.mark.rule("time.two-periods", "timesheets.totals")
def test_a_log_over_the_end_of_a_week_counts_in_both_and_is_locked_by_either(company: Company, ada: Employee) -> None:
    sunday = MONDAY + timedelta(days=6, hours=15)  # 23:00
    log = log_time(company, ada, sunday, hours=3)
    first, second = timesheet_of(company, ada, sunday), timesheet_of(company, ada, sunday + timedelta(days=1))
    with acting_for(company):
        totals = totals_of([first, second])
        assert [totals[sheet.id].seconds for sheet in (first, second)] == [3600, 7200]
    _make(company, ada, second, Move.SUBMIT)
    with acting_for(company):
        with pytest.raises(PeriodLocked):
            update_time_log(time_log_id=log.id, values={"description": "x"})
        services.approve_timesheet(timesheet_id=second.id)
        assert not is_approved(log)
    _make(company, ada, first, Move.SUBMIT)
    _make(company, ada, first, Move.APPROVE)
    with acting_for(company):
        assert is_approved(log)


@pytest.mark.rule("time.servers")
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
def test_neither_the_servers_zone_nor_the_databases_moves_a_day(
    company: Company, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    berlin = hire(company, time_zone="Europe/Berlin")
    log_time(company, berlin, MONDAY + timedelta(hours=14), hours=2)  # 23:00 to 01:00 there
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":  # as if the database had greeted the connection with this zone
                cursor.execute("SELECT set_config('TimeZone', %s, false)", [zone])
                connection.ensure_timezone()  # what connecting does
        with acting_for(company):
            week = week_of(Timesheet.objects.get(employee=berlin))
        assert (week.days[0], week.all.days[:3]) == (MONDAY.date(), (3600, 3600, 0))
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.rule("time.zones")
def test_weeks_belong_to_the_employees_zone(company: Company) -> None:
    tokyo = hire(company, time_zone="Asia/Tokyo")
    log_time(company, tokyo, datetime(2026, 1, 4, 16, tzinfo=UTC))  # Monday 01:00 there
    with acting_for(company):
        assert [sheet.period_start for sheet in Timesheet.objects.filter(employee=tokyo)] == [MONDAY.date()]


@pytest.mark.rule("time.moves")
def test_a_move_to_another_zone_moves_no_submitted_period_and_leaves_no_gap(company: Company, ada: Employee) -> None:
    sheet = _make(company, ada, timesheet_of(company, ada), Move.SUBMIT)
    frozen = covered(sheet)
    with acting_for(company):
        update_employee(employee_id=ada.id, values={"time_zone": "America/New_York"})
    following = _make(company, ada, timesheet_of(company, ada, MONDAY + timedelta(days=7)), Move.SUBMIT)
    with acting_for(company):
        again = Timesheet.objects.get(pk=sheet.pk)
        assert covered(again) == frozen
        assert covered(following).start == frozen.end


@pytest.mark.rule("timesheets.history")
def test_each_move_has_one_event_with_the_version_it_made(company: Company, ada: Employee) -> None:
    with recorded_events() as events:
        sheet = _make(company, ada, timesheet_of(company, ada), Move.SUBMIT)
        _make(company, ada, sheet, Move.APPROVE)
    assert [type(event) for event in events] == [TimesheetSubmittedEvent, TimesheetApprovedEvent]
    assert events.of(TimesheetSubmittedEvent)[0].version == 2
    assert events.of(TimesheetApprovedEvent)[0].version == 3


def test_several_are_approved_at_once_or_none(company: Company, ada: Employee) -> None:
    first = _make(company, ada, timesheet_of(company, ada), Move.SUBMIT)
    second = timesheet_of(company, ada, MONDAY + timedelta(days=7))
    items = [(first.id, None), (second.id, None)]
    with acting_for(company):
        with pytest.raises(Exception, match="none was carried out") as refusal:
            approve_timesheets(items=items)
        assert list(refusal.value.fields) == ["items.1"]  # type: ignore[attr-defined]  # a BulkRefused
        outcomes = approve_timesheets(items=items, atomic=False)
    assert isinstance(outcomes[0], Timesheet)
    assert isinstance(outcomes[1], WrongState)
