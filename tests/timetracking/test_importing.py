"""DOMAIN §3, imports: a dry run reports what the real run does, twice adds nothing, and it can be undone as a whole."""

import json
from datetime import date, datetime, time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from gauzy.eventbus.testing import recorded_events
from gauzy.exceptions import Invalid
from gauzy.organizations.services import update_organization, update_settings
from tests.factories.people import Company, acting_for, found_company, hire
from tests.timetracking.importing_samples import BERLIN, DATA, EMAILS, NAMES, sample
from tests.timetracking.test_import_samples import FIGURES, REFUSED, ZONES
from timetracking.choices import RowVerdict, TimesheetStatus
from timetracking.events import TimeImportedEvent, TimeImportRevertedEvent, TimeLogCreatedEvent, TimeLogDeletedEvent
from timetracking.exceptions import PeriodLocked, TimeImportNotFound
from timetracking.importing.report import ImportReport
from timetracking.importing.running import ImportOptions, import_time
from timetracking.models import ImportedRow, Project, TimeImport, TimeLog, Timesheet
from timetracking.services.imports import undo_import
from timetracking.services.logs import delete_time_log

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    company = found_company()
    with acting_for(company):
        update_organization(organization_id=company.organization.id, values={"time_zone": "Europe/Berlin"})
    for who, email in EMAILS.items():
        first, last = NAMES[who].split()
        hire(company, email=email, first_name=first, last_name=last)
    return company


def run(company: Company, name: str, **how: Any) -> ImportReport:
    given: dict[str, Any] = {
        "content": sample(name),
        "organization_id": company.organization.id,
        "options": ImportOptions(time_zone=ZONES[name].key),
    }
    return import_time(**(given | how))


def refused(report: ImportReport) -> dict[tuple[int, int], str]:
    return {(row.line, row.row): row.code for row in report.rows if row.verdict == RowVerdict.REFUSED}


@pytest.mark.parametrize("name", FIGURES)
def test_a_sample_becomes_logs(company: Company, name: str) -> None:
    with acting_for(company), recorded_events() as events:
        report = run(company, name)
        assert refused(report) == REFUSED[name]
        logs = TimeLog.objects.select_related("employee__user")
        seconds = {
            email: sum(log.seconds or 0 for log in logs if log.employee.user.email == email)
            for email in EMAILS.values()
        }
    assert list(seconds.values()) == FIGURES[name][4]
    assert len(events.of(TimeLogCreatedEvent)) == FIGURES[name][2]
    [done] = events.of(TimeImportedEvent)
    assert (done.created, done.refused) == (FIGURES[name][2], len(REFUSED[name]))


@pytest.mark.rule("imports.dry-run")
@pytest.mark.parametrize("name", FIGURES)
def test_a_dry_run_reports_exactly_what_the_real_run_does(company: Company, name: str) -> None:
    with acting_for(company):
        with recorded_events() as events:
            dry = run(company, name, dry_run=True)
        assert (TimeLog.objects.count(), Project.objects.count(), list(events)) == (0, 0, [])
        real = run(company, name)
    assert dry.rows == real.rows
    assert dry.made == real.made


@pytest.mark.rule("imports.twice")
@pytest.mark.parametrize("name", FIGURES)
def test_the_same_file_twice_adds_nothing(company: Company, name: str) -> None:
    with acting_for(company):
        first = run(company, name)
        with recorded_events() as events:
            second = run(company, name)
    assert (second.count(RowVerdict.CREATED), second.count(RowVerdict.KNOWN)) == (0, first.count(RowVerdict.CREATED))
    assert refused(second) == REFUSED[name]
    assert events.of(TimeLogCreatedEvent) == []


def test_a_log_that_was_deleted_here_does_not_come_back(company: Company) -> None:
    with acting_for(company):
        run(company, "toggl-detailed.csv")
        delete_time_log(time_log_id=TimeLog.objects.latest("started_at").pk)
        assert run(company, "toggl-detailed.csv").count(RowVerdict.CREATED) == 0


def test_two_projects_of_one_name_under_two_clients_are_two(company: Company) -> None:
    with acting_for(company):
        run(company, "toggl-detailed.csv")
        assert Project.objects.filter(name="Website-Relaunch").count() == 2


@pytest.mark.rule("imports.undo")
def test_an_import_can_be_undone_as_a_whole_and_done_again(company: Company) -> None:
    with acting_for(company), recorded_events() as events:
        done = run(company, "harvest-detailed.csv").time_import_id
        assert done
        undo_import(time_import_id=done)
        undo_import(time_import_id=done)
        assert TimeLog.objects.filter(deleted_at=None).count() == 0
        assert len(events.of(TimeLogDeletedEvent)) == 19
        assert [event.deleted for event in events.of(TimeImportRevertedEvent)] == [19]
        assert run(company, "harvest-detailed.csv").count(RowVerdict.CREATED) == 19


def test_atomic_one_refused_row_undoes_all(company: Company) -> None:
    with acting_for(company):
        report = run(company, "toggl-detailed.csv", atomic=True)
        assert not report.applied
        assert TimeLog.objects.count() == TimeImport.objects.count() == ImportedRow.objects.count() == 0


def test_rows_that_the_organizations_rules_refuse_have_the_services_codes(company: Company) -> None:
    with acting_for(company):
        update_settings(organization_id=company.organization.id, values={"requires_task": True})
        codes = set(refused(run(company, "harvest-detailed.csv")).values())
    assert codes == {"task_required", "day_too_long", "zero_duration", "unknown_person"}


def test_unknown_projects_may_be_refused(company: Company) -> None:
    with acting_for(company):
        report = run(company, "toggl-detailed.csv", options=ImportOptions(create_missing=False))
        assert "project_not_found" in refused(report).values()
        assert Project.objects.count() == 0


def test_a_name_can_be_said_to_be_somebody(company: Company) -> None:
    people = {"Nils Frendorpf": EMAILS["tibor"]}
    with acting_for(company):
        report = run(company, "harvest-detailed.csv", options=ImportOptions(people=people))
    assert "unknown_person" not in refused(report).values()


@pytest.mark.rule("imports.no-guess")
def test_an_unknown_zone_is_refused(company: Company) -> None:
    with acting_for(company), pytest.raises(Invalid) as error:
        run(company, "toggl-detailed.csv", options=ImportOptions(time_zone="Berlin"))
    assert "time_zone" in error.value.fields


def test_an_import_of_another_tenant_is_unknown(company: Company) -> None:
    with acting_for(company):
        done = run(company, "harvest-detailed.csv").time_import_id
    assert done
    with acting_for(found_company("Other")), pytest.raises(TimeImportNotFound):
        undo_import(time_import_id=done)


def command(company: Company, file: Path, *options: str) -> Any:
    out = StringIO()
    place = ["--tenant", str(company.tenant_id), "--organization", str(company.organization.id)]
    try:
        call_command("timelogs", "import", str(file), *place, "--json", *options, stdout=out, stderr=StringIO())
    except CommandError as error:
        return error.returncode, json.loads(out.getvalue() or "null")
    return 0, json.loads(out.getvalue())


@pytest.mark.rule("imports.rows")
def test_the_command_says_by_its_status_what_became_of_the_file(company: Company, tmp_path: Path) -> None:
    status, report = command(company, DATA / "toggl-detailed.csv", "--dry-run")
    assert (status, report["applied"], report["created"], report["refused"]) == (1, False, 21, 4)
    assert command(company, DATA / "toggl-detailed.csv")[0] == 1
    assert command(company, DATA / "toggl-summary.csv") == (2, None)
    good = tmp_path / "good.csv"
    good.write_text(
        f"Email,Start date,Start time,End date,End time\n{EMAILS['mirela']},2026-06-02,09:00:00,2026-06-02,10:00:00\n"
    )
    status, report = command(company, good)
    assert (status, report["created"], report["seconds"]) == (0, 1, {EMAILS["mirela"]: 3_600})


def close_week(log: TimeLog, status: TimesheetStatus) -> None:
    """Submit or approve the week in which a log began."""
    sheets = Timesheet.objects.filter(employee=log.employee, period_start__lte=log.started_at.astimezone(BERLIN).date())
    sheet = sheets.latest("period_start")
    sheet.status, sheet.time_zone = status, BERLIN.key
    sheet.starts_at = datetime.combine(sheet.period_start, time(), BERLIN)
    sheet.ends_at = datetime.combine(sheet.period_end, time(), BERLIN)
    sheet.save()


def undone(company: Company, name: str) -> TimeLog:
    """Import a file, take that back, and return the earliest log it made."""
    done = run(company, name).time_import_id
    assert done
    undo_import(time_import_id=done)
    return TimeLog.objects.earliest("started_at")


@pytest.mark.rule("timesheets.lock")
def test_days_that_are_closed_take_no_row_and_the_rest_of_the_file_is_imported(company: Company) -> None:
    with acting_for(company):
        first_day = undone(company, "harvest-detailed.csv").started_at.astimezone(BERLIN).date()
        update_settings(organization_id=company.organization.id, values={"lock_date": first_day})
        report = run(company, "harvest-detailed.csv")
        live = TimeLog.objects.filter(deleted_at=None)
        assert "lock_date_passed" in refused(report).values()
        assert live.count() == report.count(RowVerdict.CREATED) > 0
        assert live.earliest("started_at").started_at.astimezone(BERLIN).date() > first_day


@pytest.mark.rule("timesheets.lock")
@pytest.mark.parametrize("status", [TimesheetStatus.SUBMITTED, TimesheetStatus.APPROVED])
def test_a_submitted_or_approved_week_takes_no_row(company: Company, status: TimesheetStatus) -> None:
    with acting_for(company):
        close_week(undone(company, "harvest-detailed.csv"), status)
        report = run(company, "harvest-detailed.csv")
        assert "period_locked" in refused(report).values()
        assert TimeLog.objects.filter(deleted_at=None).count() == report.count(RowVerdict.CREATED)


@pytest.mark.rule("imports.undo")
@pytest.mark.parametrize("status", [TimesheetStatus.SUBMITTED, TimesheetStatus.APPROVED])
def test_an_import_is_not_undone_while_anything_of_it_is_locked(company: Company, status: TimesheetStatus) -> None:
    with acting_for(company), recorded_events() as events:
        done = run(company, "harvest-detailed.csv").time_import_id
        assert done
        close_week(TimeLog.objects.latest("started_at"), status)
        with pytest.raises(PeriodLocked):
            undo_import(time_import_id=done)
        assert TimeLog.objects.filter(deleted_at=None).count() == 19
    assert events.of(TimeLogDeletedEvent) == []


def test_a_tag_that_went_with_a_refused_row_is_made_again_for_the_next(company: Company) -> None:
    row = "{email},{day},09:00,{day},10:00,fresh\n"
    rows = "".join(row.format(email=EMAILS["tibor"], day=day) for day in ("2026-03-02", "2026-03-09"))
    content = f"Email,Start date,Start time,End date,End time,Tags\n{rows}".encode()
    with acting_for(company):
        update_settings(organization_id=company.organization.id, values={"lock_date": date(2026, 3, 3)})
        report = import_time(content=content, organization_id=company.organization.id)
        assert [row.code for row in report.rows] == ["lock_date_passed", ""]
        assert [tag.name for tag in TimeLog.objects.get().tags.all()] == ["fresh"]
