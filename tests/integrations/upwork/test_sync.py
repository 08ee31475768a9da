"""Syncs with Upwork: contracts become projects, diaries become time, and again changes nothing."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from employees.exceptions import EmployeeNotFound
from employees.models import Employee
from gauzy.eventbus.models import StoredEvent
from gauzy.eventbus.testing import assert_published, deliver_all
from gauzy.notifications.models import Notification
from integrations.choices import SYNC_FAILED, SyncState
from integrations.events import IntegrationSyncEvent, UpworkSyncEvent
from integrations.exceptions import ConnectionLost, NothingToSync, RateLimited
from integrations.models import ExternalId, Integration, SyncConflict, SyncRun, UpworkContract
from integrations.services.connecting import update_integration
from integrations.services.feeds import sync
from integrations.services.syncing import request_sync
from integrations.services.upwork_contracts import choose_employee
from tests.factories.desk import desk_of, page_of
from tests.factories.people import Company, acting_for, found_company, hire
from tests.factories.platform import token_client
from tests.factories.time import log_time, timesheet_of
from tests.factories.upwork import sign_in
from tests.support.receiver import answer, hang_up
from tests.support.upwork_api import CODE, UpworkApi
from timetracking.models import Client, Project, Rate, TimeLog
from timetracking.services.logs import delete_time_log, update_time_log
from timetracking.services.projects import update_project
from timetracking.services.timesheets import submit_timesheet

pytestmark = pytest.mark.django_db(transaction=True)

CONTRACT = "41000001"
DAY = datetime.now(UTC).date() - timedelta(days=9)


@pytest.fixture
def sam(company: Company, upwork: UpworkApi) -> Employee:
    return hire(company, email=upwork.user["email"], first_name="Sam")


@pytest.fixture
def begun(upwork: UpworkApi) -> None:
    """A contract of four weeks: long enough for three pages of a diary."""
    upwork.put_contract(CONTRACT, startDate=f"{DAY - timedelta(days=19)}T00:00:00+0000")


def run(company: Company, integration: Integration) -> SyncRun:
    with acting_for(company):
        return sync(integration_id=integration.id)


def everything() -> list[Any]:
    models: tuple[Any, ...] = (Project, Client, Rate, TimeLog, ExternalId, UpworkContract)
    return [list(model.unscoped.order_by("pk").values()) for model in models]


def times() -> list[tuple[str, str, str, bool]]:
    logs = TimeLog.unscoped.filter(deleted_at=None).order_by("started_at")
    return [(f"{log.started_at:%H:%M}", f"{log.stopped_at:%H:%M}", log.description, log.is_billable) for log in logs]


def refusals(done: SyncRun) -> dict[str, str]:
    return dict(SyncConflict.unscoped.filter(run=done).values_list("external_id", "code"))


def counts(done: SyncRun) -> tuple[int, int, int, int]:
    return done.created, done.updated, done.unchanged, done.conflicts


# --- contracts --------------------------------------------------------------------------------------------------------


def test_contracts_become_projects_with_client_and_rate_and_again_changes_nothing(
    company: Company, integration: Integration, upwork: UpworkApi, sam: Employee
) -> None:
    for number in range(1, 4):
        upwork.put_contract(f"4100000{number}")
    upwork.contracts.insert(1, None)
    first = run(company, integration)
    before = everything()
    assert (first.state, first.created, first.conflicts) == (SyncState.DONE, 3, 0)
    assert sorted(Project.unscoped.values_list("name", flat=True)) == [f"Contract 4100000{n}" for n in (1, 2, 3)]
    assert list(Client.unscoped.values_list("name", flat=True)) == ["Harbor Books"]
    assert {(rate.amount, rate.currency, rate.valid_from) for rate in Rate.unscoped.all()} == {
        (Decimal(45), "USD", date(2026, 1, 12))
    }
    assert {row.employee_id for row in UpworkContract.unscoped.all()} == {sam.id}
    assert counts(run(company, integration)) == (0, 0, 3, 0)
    assert everything() == before


def test_a_sync_is_announced_for_all_integrations_and_for_upwork(
    company: Company, integration: Integration, upwork: UpworkApi
) -> None:
    upwork.put_contract(CONTRACT)
    run(company, integration)
    shared = assert_published(IntegrationSyncEvent, integration_id=integration.id)
    event = assert_published(UpworkSyncEvent, integration_id=integration.id)
    assert (event.source, event.created, event.conflicts) == ("api", shared.created, shared.conflicts) == ("api", 1, 1)


def test_changes_at_upwork_are_followed_and_names_given_here_stay(
    company: Company, integration: Integration, upwork: UpworkApi
) -> None:
    upwork.put_contract("1")
    upwork.put_contract("2")
    run(company, integration)
    with acting_for(company):
        update_project(project_id=Project.unscoped.get(name="Contract 2").id, values={"name": "Ours"})
    raised = [{"hourlyRate": {"rawValue": "50", "currency": "USD"}, "startDate": "2026-05-01", "endDate": None}]
    upwork.put_contract("1", title="Renamed", terms={"hourlyTerms": raised, "fixedPriceTerms": None})
    upwork.put_contract("2", title="Renamed")
    assert run(company, integration).updated == 2
    assert set(Project.unscoped.values_list("name", flat=True)) == {"Renamed", "Ours"}
    assert list(Rate.unscoped.filter(valid_until=None).order_by("amount").values_list("amount", flat=True)) == [45, 50]


def test_a_contract_that_is_over_is_put_away_after_its_last_diary_and_once(
    company: Company, integration: Integration, upwork: UpworkApi, sam: Employee, begun: None
) -> None:
    upwork.put_contract(CONTRACT, status="CLOSED")
    upwork.work(CONTRACT, DAY, "09:00")
    assert run(company, integration).created == 2
    assert Project.unscoped.get().archived_at is not None
    asked = len(upwork.asked("Diaries"))
    run(company, integration)
    assert len(upwork.asked("Diaries")) == asked
    upwork.put_contract(CONTRACT, status="ACTIVE")
    run(company, integration)
    assert Project.unscoped.get().archived_at is None


def test_an_organizations_id_is_tried_where_the_users_has_no_contracts(
    company: Company, integration: Integration, upwork: UpworkApi
) -> None:
    upwork.put_contract(CONTRACT)
    upwork.vendor = integration.account
    assert run(company, integration).created == 1


def test_a_key_without_the_permission_for_contracts_has_the_history_of_work(
    company: Company, integration: Integration, upwork: UpworkApi, sam: Employee
) -> None:
    for number in range(1, 4):
        upwork.put_contract(str(number))
    upwork.lacking = {"Contracts"}
    done = run(company, integration)
    assert (done.created, done.conflicts) == (3, 0)
    assert {row.employee_id for row in UpworkContract.unscoped.all()} == {sam.id}


def test_what_the_key_may_not_is_said_and_the_rest_goes_on(
    company: Company, integration: Integration, upwork: UpworkApi, sam: Employee
) -> None:
    upwork.put_contract(CONTRACT)
    upwork.lacking = {"Diaries", "Email"}
    done = run(company, integration)
    assert (done.state, done.created, refusals(done)) == (SyncState.DONE, 1, {CONTRACT: "employee_not_chosen"})
    with acting_for(company):
        choose_employee(contract_id=UpworkContract.unscoped.get().id, employee_id=sam.id)
    assert refusals(run(company, integration)) == {"diary": "permission_missing"}
    upwork.lacking = {"Contracts", "History"}
    assert refusals(run(company, integration)) == {"contracts": "permission_missing"}


def test_an_answer_for_another_organization_is_not_taken(
    company: Company, integration: Integration, upwork: UpworkApi
) -> None:
    upwork.faults = [answer(200, b'{"data": {"user": {"id": "1"}, "organization": {"id": "7"}}}')]
    failed = run(company, integration)
    assert (failed.state, failed.error_text) == (SyncState.FAILED, "Upwork answers for another organization.")


# --- diaries ----------------------------------------------------------------------------------------------------------


def test_cells_that_touch_become_one_log_and_again_changes_nothing(
    company: Company, integration: Integration, upwork: UpworkApi, sam: Employee, begun: None
) -> None:
    upwork.work(CONTRACT, DAY, "09:10", "09:00", "09:20", "09:20", "10:00")
    upwork.work(CONTRACT, DAY, "10:10", memo="Call", manual=True)
    upwork.work(CONTRACT, DAY, "10:20", memo="Call", manual=True, overtime=True)
    first = run(company, integration)
    before = everything()
    assert times() == [
        ("09:00", "09:30", "Login page", True),
        ("10:00", "10:10", "Login page", True),
        ("10:10", "10:20", "Call", True),
        ("10:20", "10:30", "Call", False),
    ]
    assert counts(first) == (5, 0, 0, 0)
    with acting_for(company):
        assert {log.description for log in TimeLog.objects.filter(tags__name="manual time")} == {"Call"}
    assert {(log.employee_id, log.source) for log in TimeLog.unscoped.all()} == {(sam.id, "integration")}
    assert {log.rate_amount for log in TimeLog.unscoped.all()} == {45}
    assert counts(run(company, integration)) == (0, 0, 5, 0)
    assert everything() == before


def test_corrections_at_upwork_move_and_remove_logs(
    company: Company, integration: Integration, upwork: UpworkApi, sam: Employee, begun: None
) -> None:
    upwork.work(CONTRACT, DAY, "09:00", "09:20", "11:00")
    run(company, integration)
    upwork.cells.clear()
    upwork.work(CONTRACT, DAY, "09:00", "09:10", "09:20")
    assert counts(run(company, integration)) == (0, 3, 1, 0)
    assert times() == [("09:00", "09:30", "Login page", True)]
    upwork.work(CONTRACT, DAY, "11:00")
    assert run(company, integration).created == 1
    assert len(times()) == 2


def test_what_people_changed_here_stays_and_is_a_conflict_when_upwork_changes_it_too(
    company: Company, integration: Integration, upwork: UpworkApi, sam: Employee, begun: None
) -> None:
    upwork.work(CONTRACT, DAY, "09:00", "10:00", "11:00")
    run(company, integration)
    logs = list(TimeLog.unscoped.order_by("started_at"))
    with acting_for(company):
        update_time_log(time_log_id=logs[0].id, values={"description": "Ours"})
        delete_time_log(time_log_id=logs[1].id)
    assert counts(run(company, integration)) == (0, 0, 4, 0)
    upwork.cells.clear()
    upwork.work(CONTRACT, DAY, "09:00", "10:00", memo="Theirs")
    done = run(company, integration)
    start = f"{CONTRACT}:{DAY:%Y%m%d}"
    assert refusals(done) == {f"{start}:0900": "edited_here", f"{start}:1000": "edited_here"}
    assert times() == [("09:00", "09:10", "Ours", True)]


def test_what_time_tracking_refuses_is_a_conflict_each_and_the_rest_comes_in(
    company: Company, integration: Integration, upwork: UpworkApi, sam: Employee, begun: None
) -> None:
    locked = DAY - timedelta(days=14)
    log_time(company, sam, datetime.combine(DAY, datetime.min.time(), UTC) + timedelta(hours=9), hours=0.1)
    sheet = timesheet_of(company, sam, datetime.combine(locked, datetime.min.time(), UTC) + timedelta(hours=12))
    with acting_for(company):
        submit_timesheet(timesheet_id=sheet.id)
    upwork.work(CONTRACT, DAY, "09:00", "10:00")
    upwork.work(CONTRACT, locked, "12:00")
    done = run(company, integration)
    assert refusals(done) == {
        f"{CONTRACT}:{DAY:%Y%m%d}:0900": "overlap",
        f"{CONTRACT}:{locked:%Y%m%d}:1200": "period_locked",
    }
    assert (done.state, done.created) == (SyncState.DONE, 2)


def test_a_day_that_upwork_cannot_answer_is_no_empty_day_and_is_asked_for_again(
    company: Company, integration: Integration, upwork: UpworkApi, sam: Employee, begun: None
) -> None:
    upwork.work(CONTRACT, DAY, "09:00")
    early = DAY - timedelta(days=19)
    upwork.work(CONTRACT, early, "09:00")
    upwork.silent_days = {f"{early:%Y%m%d}"}
    done = run(company, integration)
    assert (done.created, refusals(done)) == (2, {f"{CONTRACT}:{early:%Y%m%d}:": "day_not_answered"})
    assert UpworkContract.unscoped.get().diary_until == early
    upwork.silent_days = {f"{DAY:%Y%m%d}"}
    assert run(company, integration).created == 1
    assert len(times()) == 2


def test_a_sync_that_failed_goes_on_at_its_page(
    company: Company, integration: Integration, upwork: UpworkApi, sam: Employee, begun: None
) -> None:
    for day in (0, 12, 19):
        upwork.work(CONTRACT, DAY - timedelta(days=day), "09:00")
    before = len(upwork.received)
    # Who we are, contracts, their freelancer's mail, no more contracts, the diary's first ten days; then its second.
    upwork.faults = [*[upwork.as_ever] * 5, answer(502), answer(504), hang_up]
    failed = run(company, integration)
    assert (failed.state, failed.created, len(times())) == (SyncState.FAILED, 3, 2)
    assert len(upwork.received) == before + 8
    done = run(company, integration)
    assert (done.state, done.created, len(times())) == (SyncState.DONE, 1, 3)
    assert len(upwork.received) == before + 10, "only the page that failed and those after it were asked for"


def test_a_quota_leaves_the_run_open_for_later(
    company: Company, integration: Integration, upwork: UpworkApi, sam: Employee, begun: None
) -> None:
    upwork.faults = [*[upwork.as_ever] * 4, answer(429, Retry_After="30")]
    with pytest.raises(RateLimited):
        run(company, integration)
    assert SyncRun.unscoped.get().state == SyncState.RUNNING
    assert run(company, integration).state == SyncState.DONE
    assert SyncRun.unscoped.count() == 1


def test_tokens_that_die_in_the_middle_are_renewed(
    company: Company, integration: Integration, upwork: UpworkApi, sam: Employee, begun: None
) -> None:
    upwork.work(CONTRACT, DAY, "09:00")
    upwork.faults = [upwork.as_ever, upwork.as_ever, answer(401), upwork.as_ever, answer(401)]
    assert (run(company, integration).state, len(times())) == (SyncState.DONE, 1)
    assert len(upwork.tokens_asked("refresh_token")) == 2


def test_a_grant_that_ends_in_the_middle_fails_the_sync_and_signing_in_again_goes_on(
    company: Company, integration: Integration, upwork: UpworkApi, sam: Employee, begun: None
) -> None:
    upwork.work(CONTRACT, DAY, "09:00")
    upwork.faults, upwork.refresh_token = [*[upwork.as_ever] * 4, answer(401)], ""
    failed = run(company, integration)
    assert (failed.state, failed.error) == (SyncState.FAILED, "connection_lost")
    assert Integration.unscoped.get().state == "suspended"
    upwork.codes = {CODE}
    sign_in(company, integration)
    assert (run(company, integration).state, len(times())) == (SyncState.DONE, 1)


def test_each_kind_can_be_switched_off(
    company: Company, integration: Integration, upwork: UpworkApi, sam: Employee, begun: None
) -> None:
    upwork.work(CONTRACT, DAY, "09:00")
    with acting_for(company):
        update_integration(integration_id=integration.id, entities={"time_log": "off"})
    assert (run(company, integration).created, times()) == (1, [])
    with acting_for(company):
        update_integration(integration_id=integration.id, entities={"project": "off"})
        with pytest.raises(NothingToSync):
            sync(integration_id=integration.id)


def test_who_has_not_signed_in_yet_has_nothing_to_sync(company: Company, fresh: Integration) -> None:
    with pytest.raises(NothingToSync):
        run(company, fresh)
    assert not SyncRun.unscoped.exists()
    assert not StoredEvent.objects.filter(name="integrations.upwork_sync").exists()


def test_an_employee_of_another_tenant_cannot_be_chosen(
    company: Company, integration: Integration, upwork: UpworkApi
) -> None:
    upwork.put_contract(CONTRACT)
    run(company, integration)
    with acting_for(company), pytest.raises(EmployeeNotFound):
        choose_employee(contract_id=UpworkContract.unscoped.get().id, employee_id=hire(found_company("Rival")).id)


def test_whose_work_a_contract_is_is_chosen_over_the_api_and_at_the_desk(
    company: Company, integration: Integration, upwork: UpworkApi
) -> None:
    upwork.put_contract(CONTRACT)
    run(company, integration)
    first, second, contract = hire(company), hire(company), UpworkContract.unscoped.get()
    client, url = token_client(company.owner), f"/api/v1/upwork/contracts/{contract.id}"
    assert client.get("/api/v1/upwork/contracts").json()["results"][0]["employee_id"] is None
    for _ in range(2):
        assert client.patch(url, {"employee_id": str(first.id)}).json()["employee_id"] == str(first.id)
    assert desk_of(company.owner).post(page_of(contract), {"employee": str(second.id)}).status_code == 302
    contract.refresh_from_db()
    assert contract.employee_id == second.id
    events = StoredEvent.objects.filter(name="integrations.integration_updated").order_by("id")
    told = [event.data["changes"][0] for event in events if "contracts." in str(event.data)]
    assert [(one["old"], one["new"]) for one in told] == [(None, str(first.id)), (str(first.id), str(second.id))]


def test_the_commands_cover_it(
    company: Company, integration: Integration, upwork: UpworkApi, capsys: pytest.CaptureFixture[str]
) -> None:
    upwork.put_contract(CONTRACT)
    tenant = f"--tenant={company.tenant_id}"
    call_command("integrations", "sync", str(integration.id), tenant)
    assert "done: 1 created, 0 updated, 0 unchanged, 1 conflicts" in capsys.readouterr().out
    upwork.refresh_token, upwork.access_tokens = "", set()
    with pytest.raises(CommandError, match="connection_lost"):
        call_command("integrations", "sync", str(integration.id), tenant)
    call_command("integrations", "status", str(integration.id), tenant)
    assert f"suspended  Our Upwork (synced: {datetime.now(UTC):%Y-}" in (said := capsys.readouterr().out)
    assert ConnectionLost.message in said


def test_people_are_told_in_words_that_upwork_ended_the_connection(
    company: Company, integration: Integration, upwork: UpworkApi
) -> None:
    upwork.refresh_token, upwork.access_tokens = "", set()
    with acting_for(company):
        request_sync(integration_id=integration.id)
    deliver_all()
    told = Notification.unscoped.get(kind=SYNC_FAILED)
    assert (told.title, told.body) == ("Syncing Our Upwork failed", ConnectionLost.message)
