"""Time in the admin: the same rules as through any other door, with locked rows shown as locked."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from employees.models import Employee
from gauzy.eventbus.testing import recorded_events
from gauzy.site.lists import EXPORT
from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import acting_as
from tests.factories.desk import desk_of, page_of, text_of
from tests.factories.people import Company, acting_for, hire, hire_as, membership_of, team_of
from tests.factories.time import HOUR, MONDAY, add_task, log_time, start_project, timesheet_of
from timetracking.events import ProjectUpdatedEvent, TimeLogCreatedEvent, TimerStoppedEvent
from timetracking.models import Project, ProjectMember, Rate, Task, TimeLog, Timesheet
from timetracking.services.projects import archive_project, set_member
from timetracking.services.timer import start_timer
from timetracking.services.timesheets import submit_timesheet, withdraw_timesheet

pytestmark = pytest.mark.django_db
QUEUE = reverse("admin:timetracking_timesheet_queue")
SHEETS = reverse("admin:timetracking_timesheet_changelist")
LOGS = reverse("admin:timetracking_timelog_changelist")
PRESSED: dict[str, Any] = {"_form_submitted": "on"}  # the button in the dialog


def _add(model: str) -> str:
    return reverse(f"admin:timetracking_{model}_add")


def _act(row: Any, name: str) -> str:
    return reverse(f"admin:timetracking_{row._meta.model_name}_{name}", args=(row.pk,))


def _stored(row: Any) -> Any:
    return type(row).unscoped.get(pk=row.pk)


def _submitted(company: Company, employee: Employee) -> Timesheet:
    sheet = timesheet_of(company, employee)
    with acting_for(company):
        return submit_timesheet(timesheet_id=sheet.id)


def _clock(start: str, stop: str, day: str = "2026-01-05") -> dict[str, str]:
    return {"started_at_0": day, "started_at_1": start, "stopped_at_0": day, "stopped_at_1": stop}


def _form(employee: Employee, **values: Any) -> dict[str, Any]:
    plain = {"employee": str(employee.pk), "project": "", "task": "", "description": "", "is_billable": "on"}
    return plain | _clock("09:00:00", "10:00:00") | values


class TestLogs:
    def test_a_log_is_entered_on_the_employees_clock(self, company: Company) -> None:
        tokyo = hire(company, time_zone="Asia/Tokyo")
        with recorded_events() as events:
            assert desk_of(company.owner).post(_add("timelog"), _form(tokyo)).status_code == 302
        assert [event.started_at for event in events.of(TimeLogCreatedEvent)] == [datetime(2026, 1, 5, tzinfo=UTC)]
        page = text_of(desk_of(company.owner).get(page_of(TimeLog.unscoped.get())))
        assert 'value="09:00:00"' in page

    @pytest.mark.rule("logs.same")
    def test_saving_a_log_as_it_is_changes_nothing(self, company: Company) -> None:
        log = log_time(company, hire(company, time_zone="Asia/Tokyo"))  # 17:00 there
        values = {key: value for key, value in _form(log.employee).items() if key != "employee"}
        with recorded_events() as events:
            answer = desk_of(company.owner).post(page_of(log), values | _clock("17:00:00", "18:00:00"))
        assert answer.status_code == 302
        assert not events

    @pytest.mark.rule("time.local-times")
    def test_a_time_that_the_clock_skipped_is_refused_beside_its_field(self, company: Company) -> None:
        berlin = hire(company, time_zone="Europe/Berlin")
        skipped = _clock("02:30:00", "04:00:00", "2026-03-29")
        answer = desk_of(company.owner).post(_add("timelog"), _form(berlin) | skipped)
        assert "started_at" in answer.context["adminform"].form.errors

    def test_an_overlap_comes_back_on_the_form(self, company: Company, ada: Employee) -> None:
        log_time(company, ada)
        times = _clock("08:30:00", "09:30:00")
        answer = desk_of(company.owner).post(_add("timelog"), _form(ada) | times)
        assert "overlaps" in answer.context["adminform"].form.errors["started_at"][0]

    def test_running_timers_are_listed_and_stopped(self, company: Company, ada: Employee) -> None:
        log_time(company, ada)
        with acting_as(membership_of(ada)):
            running = start_timer(employee_id=ada.id, started_at=datetime.now(UTC).replace(microsecond=0) - HOUR)
        desk = desk_of(company.owner)
        listed = desk.get(f"{LOGS}?running=yes").context["cl"].result_list
        assert [log.pk for log in listed] == [running.pk]
        with recorded_events() as events:
            assert desk.post(_act(running, "stop"), PRESSED).status_code == 302
        assert len(events.of(TimerStoppedEvent)) == 1

    def test_a_log_is_split_and_removed_by_dialogs(self, company: Company, ada: Employee) -> None:
        log = log_time(company, ada, hours=2)
        desk = desk_of(company.owner)
        assert desk.post(_act(log, "split"), PRESSED | {"at_0": "2026-01-05", "at_1": "09:00:00"}).status_code == 302
        assert TimeLog.unscoped.count() == 2
        assert desk.post(_act(log, "remove"), PRESSED).headers["Location"] == LOGS
        assert _stored(log).deleted_at

    @pytest.mark.rule("rates.visibility")
    def test_managers_see_no_rates(self, company: Company, ada: Employee) -> None:
        boss, member = hire_as(company, Role.MANAGER)
        team_of(company, managers=[boss], members=[ada])
        log = log_time(company, ada, rate_amount=Decimal("7919.17"), rate_currency="EUR")
        assert "7919.17 EUR" in text_of(desk_of(company.owner).get(page_of(log)))
        assert "7919.17" not in text_of(desk_of(member).get(page_of(log)))
        assert desk_of(member).get(reverse("admin:timetracking_rate_changelist")).status_code == 403

    def test_managers_find_the_logs_of_their_people_alone(self, company: Company, ada: Employee) -> None:
        boss, member = hire_as(company, Role.MANAGER)
        team_of(company, managers=[boss], members=[ada])
        log, other = log_time(company, ada), log_time(company, hire(company))
        desk = desk_of(member)
        assert [one.pk for one in desk.get(LOGS).context["cl"].result_list] == [log.pk]
        assert desk.get(page_of(other)).status_code == 404

    @pytest.mark.rule("projects.archive")
    def test_saving_a_log_keeps_what_was_put_away_since(self, company: Company, ada: Employee) -> None:
        project = start_project(company)
        log = log_time(company, ada, project_id=project.id)
        with acting_for(company):
            archive_project(project_id=project.id)
        desk = desk_of(company.owner)
        offered = desk.get(page_of(log)).context["adminform"].form.fields["project"].queryset
        assert project in offered
        values = {key: value for key, value in _form(ada, description="more").items() if key != "employee"}
        values |= {"project": str(project.pk)} | _clock("08:00:00", "09:00:00")
        assert desk.post(page_of(log), values).status_code == 302
        assert (_stored(log).description, _stored(log).project_id) == ("more", project.pk)

    @pytest.mark.rule("projects.private")
    def test_filters_name_nobody_and_nothing_out_of_sight(self, company: Company, ada: Employee) -> None:
        boss, member = hire_as(company, Role.MANAGER)
        team_of(company, managers=[boss], members=[ada])
        stranger, secret = hire(company, last_name="Unseen"), start_project(company, is_private=True)
        log_time(company, ada, project_id=secret.id)
        log_time(company, stranger, project_id=secret.id)
        for address in (LOGS, reverse("admin:timetracking_task_changelist")):
            page = text_of(desk_of(member).get(address))
            assert "Unseen" not in page
            assert secret.name not in page
        assert "Private project" in text_of(desk_of(member).get(LOGS))

    def test_a_projects_manager_enters_time_of_its_members(self, company: Company, ada: Employee) -> None:
        project = start_project(company)
        boss, member = hire_as(company, Role.MANAGER)
        with acting_for(company):
            set_member(project_id=project.id, employee_id=boss.id, is_manager=True)
            set_member(project_id=project.id, employee_id=ada.id)
        assert desk_of(member).post(_add("timelog"), _form(ada)).status_code == 302
        assert TimeLog.unscoped.get().employee_id == ada.pk


class TestLocked:
    """What it looks like; that it holds is in test_locks.py."""

    def test_a_locked_log_is_shown_and_not_edited(self, company: Company, ada: Employee) -> None:
        log = log_time(company, ada)
        _submitted(company, ada)
        desk = desk_of(company.owner)
        page = desk.get(page_of(log))
        assert "Locked" in text_of(page)
        assert not page.context["has_change_permission"]
        assert "Remove" not in text_of(page)
        assert "Locked" in text_of(desk.get(LOGS))


class TestTimesheets:
    @pytest.mark.rule("timesheets.totals")
    def test_the_week_is_shown_by_project_and_local_day(self, company: Company) -> None:
        tokyo = hire(company, time_zone="Asia/Tokyo")
        project = start_project(company)
        log_time(company, tokyo, MONDAY + 6 * HOUR, hours=2, project_id=project.id)  # 23:00 to 01:00 there
        log_time(company, tokyo, MONDAY, hours=0.5)
        page = text_of(desk_of(company.owner).get(page_of(timesheet_of(company, tokyo))))
        assert 'data-label="Mon 5 Jan">1:00:00' in page
        assert 'data-label="Tue 6 Jan">1:00:00' in page
        assert 'data-label="Sum">2:30:00' in page

    def test_a_week_is_sent_back_with_a_reason(self, company: Company, ada: Employee) -> None:
        sheet = _submitted(company, ada)
        desk = desk_of(company.owner)
        desk.post(_act(sheet, "reject"), PRESSED | {"reason": ""})
        assert _stored(sheet).status == "submitted"
        desk.post(_act(sheet, "reject"), PRESSED | {"reason": "Friday is missing"})
        assert _stored(sheet).status == "rejected"
        assert "Friday is missing" in text_of(desk.get(page_of(sheet)))

    def test_an_export_counts_the_totals_of_all_rows_at_once(self, company: Company) -> None:
        for _ in range(2):
            timesheet_of(company, hire(company))
        few = self._queries_of_an_export(company)
        for _ in range(4):
            timesheet_of(company, hire(company))
        assert self._queries_of_an_export(company) == few

    def _queries_of_an_export(self, company: Company) -> int:
        desk = desk_of(company.owner)
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(f"{SHEETS}?{EXPORT}=csv").status_code == 200
        return len(queries)

    def test_an_action_changes_nothing_on_get(self, company: Company, ada: Employee) -> None:
        sheet = _submitted(company, ada)
        with recorded_events() as events:
            desk_of(company.owner).get(_act(sheet, "approve"))
        assert not events

    def test_a_week_goes_all_the_way_by_dialogs(self, company: Company, ada: Employee) -> None:
        log_time(company, ada)
        sheet, desk = timesheet_of(company, ada), desk_of(company.owner)
        for action, given, status in (
            ("submit", {}, "submitted"),
            ("approve", {}, "approved"),
            ("reopen", {"reason": "a mistake"}, "open"),
        ):
            desk.post(_act(sheet, action), PRESSED | given)
            assert _stored(sheet).status == status


class TestQueue:
    def test_it_shows_whose_time_one_decides_about(self, company: Company, ada: Employee) -> None:
        boss, member = hire_as(company, Role.MANAGER)
        team_of(company, managers=[boss], members=[ada])
        other = hire(company)
        for employee in (ada, other, boss):
            _submitted(company, employee)
        rows = desk_of(member).get(QUEUE).context["rows"]
        assert [sheet.employee_id for sheet, *_ in rows] == [ada.pk]
        assert len(desk_of(company.owner).get(QUEUE).context["rows"]) == 3

    def test_the_chosen_are_approved_and_the_others_wait(self, company: Company, ada: Employee) -> None:
        sheet, other = _submitted(company, ada), _submitted(company, hire(company))
        desk_of(company.owner).post(QUEUE, {"sheet": f"{sheet.pk}:{sheet.version}"})
        assert (_stored(sheet).status, _stored(other).status) == ("approved", "submitted")

    @pytest.mark.rule("timesheets.version")
    def test_what_was_not_seen_is_not_approved(self, company: Company, ada: Employee) -> None:
        sheet = _submitted(company, ada)
        with acting_as(membership_of(ada)):
            withdraw_timesheet(timesheet_id=sheet.id)
            submit_timesheet(timesheet_id=sheet.id)
        answer = desk_of(company.owner).post(QUEUE, {"sheet": f"{sheet.pk}:{sheet.version}"}, follow=True)
        assert _stored(sheet).status == "submitted"
        assert "has changed since you saw it" in text_of(answer)

    def test_a_week_is_sent_back_from_it_with_a_reason(self, company: Company, ada: Employee) -> None:
        sheet = _submitted(company, ada)
        named = {"reject": f"{sheet.pk}:{sheet.version}"}
        desk_of(company.owner).post(QUEUE, named)
        assert _stored(sheet).status == "submitted"
        desk_of(company.owner).post(QUEUE, named | {"reason": "Friday is missing"})
        assert _stored(sheet).status == "rejected"

    def test_it_needs_a_token_against_forgery(self, company: Company, ada: Employee) -> None:
        sheet = _submitted(company, ada)
        named = {"sheet": f"{sheet.pk}:{sheet.version}"}
        assert desk_of(company.owner, enforce_csrf_checks=True).post(QUEUE, named).status_code == 403

    @pytest.mark.parametrize("named", ["", "nonsense", "x:1", "00000000-0000-0000-0000-000000000000:1"])
    def test_nonsense_is_answered(self, company: Company, named: str) -> None:
        assert desk_of(company.owner).post(QUEUE, {"sheet": named}).status_code == 302
        assert desk_of(company.owner).post(QUEUE, {"reject": named, "reason": "x"}).status_code in {302, 404}


class TestProjects:
    def test_a_project_is_made_with_its_people(self, company: Company, ada: Employee) -> None:
        lead = hire(company)
        values = {"organization": str(company.organization.pk), "name": "Engine", "is_billable": "on"}
        people = {"member_ids": [str(ada.pk)], "manager_ids": [str(lead.pk)]}
        assert desk_of(company.owner).post(_add("project"), values | people).status_code == 302
        found = ProjectMember.unscoped.values_list("employee_id", "is_manager")
        assert set(found) == {(ada.pk, False), (lead.pk, True)}

    def test_people_come_go_and_become_managers(self, company: Company, ada: Employee) -> None:
        project, lead = start_project(company), hire(company)
        with acting_for(company):
            set_member(project_id=project.id, employee_id=ada.id)
        values = {"name": project.name, "is_billable": "on"}
        desk = desk_of(company.owner)
        with recorded_events() as events:
            desk.post(page_of(project), values | {"member_ids": [str(lead.pk)], "manager_ids": [str(ada.pk)]})
            desk.post(page_of(project), values | {"member_ids": [], "manager_ids": [str(ada.pk)]})
            desk.post(page_of(project), values | {"member_ids": [], "manager_ids": [str(ada.pk)]})
        assert list(ProjectMember.unscoped.values_list("employee_id", "is_manager")) == [(ada.pk, True)]
        assert len(events.of(ProjectUpdatedEvent)) == 3

    def test_managers_change_what_they_manage_and_see_no_money(self, company: Company) -> None:
        _, member = hire_as(company, Role.MANAGER)
        project = start_project(company, budget_amount=Decimal("4711.17"))
        assert "4711.17" in text_of(desk_of(company.owner).get(page_of(project)))
        assert "4711.17" not in text_of(desk_of(member).get(page_of(project)))
        answer = desk_of(member).post(page_of(project), {"name": "Mine"})
        assert "do not manage" in str(answer.context["adminform"].form.errors)
        assert _stored(project).name == project.name

    @pytest.mark.rule("projects.archive")
    @pytest.mark.parametrize("kind", ["project", "task"])
    def test_what_is_put_away_can_be_taken_back(self, company: Company, kind: str) -> None:
        project = start_project(company)
        row: Project | Task = project if kind == "project" else add_task(company, project)
        desk = desk_of(company.owner)
        desk.post(_act(row, "archive"), PRESSED)
        assert _stored(row).archived_at
        desk.post(_act(row, "unarchive"), PRESSED)
        assert not _stored(row).archived_at

    @pytest.mark.rule("rates.validity")
    def test_a_rate_ends_when_the_next_begins_or_is_ended(self, company: Company) -> None:
        organization = {"organization": str(company.organization.pk), "currency": "EUR"}
        desk = desk_of(company.owner)
        for amount, day in (("80", "2026-01-01"), ("90", "2026-02-01")):
            assert desk.post(_add("rate"), organization | {"amount": amount, "valid_from": day}).status_code == 302
        first, second = Rate.unscoped.order_by("valid_from")
        assert first.valid_until == second.valid_from - timedelta(days=1)
        desk.post(_act(second, "end_rate"), PRESSED | {"valid_until": "2026-06-30"})
        assert str(_stored(second).valid_until) == "2026-06-30"
