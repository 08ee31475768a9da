"""Employees through the admin: the same rules and events as through any other door."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from employees.events import EmployeeCreatedEvent, EmployeeEndedEvent, EmployeeRestoredEvent, EmployeeUpdatedEvent
from employees.models import Employee
from gauzy.eventbus import Change
from gauzy.eventbus.models import StoredEvent
from gauzy.eventbus.testing import recorded_events
from gauzy.tenancy.choices import Role
from gauzy.users.events import UserRegisteredEvent
from tests.factories.desk import desk_of, page_of, text_of
from tests.factories.people import Company, found_company, hire
from tests.factories.platform import new_member, new_organization

ADD = reverse("admin:employees_employee_add")
LIST = reverse("admin:employees_employee_changelist")
IMPORT = reverse("admin:employees_employee_import_csv")


def _person(company: Company, **values: Any) -> dict[str, Any]:
    known = {"email": "grace@example.org", "first_name": "Grace", "last_name": "Hopper"}
    work = {"organization": str(company.organization.pk), "start_date": "2026-03-01", "job_title": "Admiral"}
    return known | work | {"time_zone": "", "external_id": ""} | values


def _stored(employee: Employee) -> Employee:
    found: Employee = Employee.unscoped.get(pk=employee.pk)
    return found


def _action(employee: Employee, name: str) -> str:
    return reverse(f"admin:employees_employee_{name}", args=(employee.pk,))


class TestAdding:
    def test_it_creates_employee_and_user_and_publishes(self, company: Company) -> None:
        with recorded_events() as events:
            answer = desk_of(company.owner).post(ADD, _person(company))
        employee = Employee.unscoped.get(user__email="grace@example.org")
        assert answer.status_code == 302
        assert employee.start_date == date(2026, 3, 1)
        assert employee.tenant_id == company.tenant_id
        assert [type(event) for event in events] == [UserRegisteredEvent, EmployeeCreatedEvent]
        assert events.of(EmployeeCreatedEvent)[0].employee_id == employee.pk

    def test_save_and_continue_leads_to_the_new_employee(self, company: Company) -> None:
        answer = desk_of(company.owner).post(ADD, _person(company) | {"_continue": "1"})
        assert answer.headers["Location"] == page_of(Employee.unscoped.get(user__email="grace@example.org"))

    def test_a_refusal_stands_beside_its_field_and_the_input_stays(self, company: Company) -> None:
        employee = hire(company)
        with recorded_events() as events:
            answer = desk_of(company.owner).post(ADD, _person(company, email=employee.user.email))
        assert answer.status_code == 200
        assert "is or was an employee" in answer.context["adminform"].form.errors["email"][0]
        assert 'value="Admiral"' in text_of(answer)
        assert not events
        assert Employee.unscoped.count() == 1

    @pytest.mark.parametrize(
        ("field", "value"),
        [("email", "no e-mail"), ("first_name", ""), ("organization", "nonsense"), ("time_zone", "Mars/Olympus")],
    )
    def test_bad_input_is_refused_by_field(self, company: Company, field: str, value: str) -> None:
        with recorded_events() as events:
            answer = desk_of(company.owner).post(ADD, _person(company, **{field: value}))
        assert field in answer.context["adminform"].form.errors
        assert not events

    def test_another_tenants_organization_is_no_choice(self, company: Company) -> None:
        foreign = found_company("Rival").organization
        answer = desk_of(company.owner).post(ADD, _person(company, organization=str(foreign.pk)))
        assert "organization" in answer.context["adminform"].form.errors

    @pytest.mark.parametrize("role", [Role.MANAGER, Role.EMPLOYEE, Role.VIEWER])
    def test_other_roles_cannot(self, company: Company, role: Role) -> None:
        desk = desk_of(new_member(company.owner, role))
        with recorded_events() as events:
            answer = desk.post(ADD, _person(company))
        assert answer.status_code in {302, 403}
        assert not Employee.unscoped.exists()
        assert not events


class TestChanging:
    def test_only_what_differs_is_published(self, company: Company) -> None:
        employee = hire(company, job_title="Analyst")
        values = {"first_name": "Ada", "last_name": "Byron", "job_title": "Analyst", "time_zone": "", "external_id": ""}
        with recorded_events() as events:
            desk_of(company.owner).post(page_of(employee), values)
        [event] = events
        assert isinstance(event, EmployeeUpdatedEvent)
        assert event.changes == (Change(field="last_name", old="Lovelace", new="Byron"),)
        assert _stored(employee).last_name == "Byron"

    def test_saving_without_a_change_publishes_nothing(self, company: Company) -> None:
        employee = hire(company)
        values = {"first_name": "Ada", "last_name": "Lovelace", "job_title": "", "time_zone": "", "external_id": ""}
        with recorded_events() as events:
            answer = desk_of(company.owner).post(page_of(employee), values)
        assert answer.status_code == 302
        assert not events

    def test_a_refusal_stands_beside_its_field(self, company: Company) -> None:
        hire(company, external_id="E-1")
        employee = hire(company)
        values = {"first_name": "Ada", "last_name": "B", "job_title": "", "time_zone": "", "external_id": "E-1"}
        with recorded_events() as events:
            answer = desk_of(company.owner).post(page_of(employee), values)
        assert "external_id" in answer.context["adminform"].form.errors
        assert _stored(employee).last_name == "Lovelace"
        assert not events

    def test_what_is_not_editable_is_not_taken_from_the_form(self, company: Company) -> None:
        employee, other = hire(company), new_organization(company.owner)
        values = {"first_name": "Ada", "last_name": "Lovelace", "job_title": "", "time_zone": "", "external_id": ""}
        smuggled = {"organization": str(other.pk), "ended_at": "2026-01-01 00:00", "email": "x@example.org"}
        desk_of(company.owner).post(page_of(employee), values | smuggled)
        assert _stored(employee).organization_id == company.organization.pk
        assert _stored(employee).ended_at is None

    def test_nobody_deletes(self, company: Company) -> None:
        employee = hire(company)
        address = reverse("admin:employees_employee_delete", args=(employee.pk,))
        assert desk_of(company.owner).post(address, {"post": "yes"}).status_code == 403
        assert Employee.unscoped.filter(pk=employee.pk).exists()


class TestEndingAndRestoring:
    def test_ending_asks_first_and_publishes_once(self, company: Company) -> None:
        employee, desk = hire(company), desk_of(company.owner)
        with recorded_events() as events:
            assert "End employment" in text_of(desk.get(_action(employee, "end_employment")))
            assert not events
            answer = desk.post(_action(employee, "end_employment"), {"_form_submitted": "on", "reason": "moved on"})
        assert answer.headers["Location"] == page_of(employee)
        assert [type(event) for event in events] == [EmployeeEndedEvent]
        assert _stored(employee).end_reason == "moved on"

    def test_restoring_publishes_once(self, company: Company) -> None:
        employee, desk = hire(company), desk_of(company.owner)
        desk.post(_action(employee, "end_employment"), {"_form_submitted": "on"})
        with recorded_events() as events:
            desk.post(_action(employee, "restore"), {"_form_submitted": "on"})
        assert [type(event) for event in events] == [EmployeeRestoredEvent]
        assert _stored(employee).ended_at is None

    def test_the_page_offers_what_makes_sense(self, company: Company) -> None:
        employee, desk = hire(company), desk_of(company.owner)
        assert _action(employee, "end_employment") in text_of(desk.get(page_of(employee)))
        desk.post(_action(employee, "end_employment"), {"_form_submitted": "on"})
        page = text_of(desk.get(page_of(employee)))
        assert _action(employee, "restore") in page
        assert _action(employee, "end_employment") not in page

    @pytest.mark.parametrize("action", ["end_employment", "restore"])
    def test_they_need_the_csrf_token_and_the_right(self, company: Company, action: str) -> None:
        employee = hire(company)
        without_token = desk_of(company.owner, enforce_csrf_checks=True)
        assert without_token.post(_action(employee, action), {"_form_submitted": "on"}).status_code == 403
        manager = desk_of(new_member(company.owner, Role.MANAGER))
        assert manager.post(_action(employee, action), {"_form_submitted": "on"}).status_code == 403
        assert _stored(employee).ended_at is None


class TestList:
    def test_search_finds_by_name_and_email(self, company: Company) -> None:
        grace, ada = hire(company, first_name="Grace", email="hopper@example.org"), hire(company)
        desk = desk_of(company.owner)
        for sought in ("grace", "hopper@example"):
            found = list(desk.get(LIST, {"q": sought}).context["cl"].result_list)
            assert found == [grace]
            assert ada not in found

    def test_filters_by_status(self, company: Company) -> None:
        gone, here = hire(company), hire(company)
        desk = desk_of(company.owner)
        desk.post(_action(gone, "end_employment"), {"_form_submitted": "on"})
        assert list(desk.get(LIST, {"status": "ended"}).context["cl"].result_list) == [gone]
        assert list(desk.get(LIST, {"status": "active"}).context["cl"].result_list) == [here]


class TestImport:
    CSV = b"email,first_name,last_name\ngrace@example.org,Grace,Hopper\nno e-mail,Bad,Line\n"

    def _upload(self, company: Company, button: str, content: bytes = CSV, **values: Any) -> Any:
        file = SimpleUploadedFile("people.csv", content)
        form = {"organization_id": str(company.organization.pk), "file": file, button: ""}
        return desk_of(company.owner).post(IMPORT, form | values)

    def test_trying_reports_and_writes_nothing(self, company: Company) -> None:
        with recorded_events() as events:
            answer = self._upload(company, "try")
        assert [line.verdict for line in answer.context["report"].lines] == ["created", "refused"]
        assert not Employee.unscoped.exists()
        assert not events

    def test_importing_keeps_the_good_lines(self, company: Company) -> None:
        with recorded_events() as events:
            answer = self._upload(company, "import")
        assert "Enter a valid email address." in text_of(answer)
        assert [employee.user.email for employee in Employee.unscoped.all()] == ["grace@example.org"]
        assert len(events.of(EmployeeCreatedEvent)) == 1

    def test_all_or_nothing_undoes_all(self, company: Company) -> None:
        answer = self._upload(company, "import", atomic="on")
        assert "Nothing was imported" in text_of(answer)
        assert not Employee.unscoped.exists()

    def test_a_useless_file_is_refused_with_the_reason(self, company: Company) -> None:
        answer = self._upload(company, "import", content=b"name;mail\n")
        assert answer.status_code == 200
        assert answer.context["form"].errors

    def test_managers_do_not_import(self, company: Company) -> None:
        assert desk_of(new_member(company.owner, Role.MANAGER)).get(IMPORT).status_code == 403


def test_the_actor_of_what_is_done_here_is_the_user(company: Company) -> None:
    desk_of(company.owner).post(ADD, _person(company))
    event = StoredEvent.objects.get(name="employees.employee_created")
    assert (event.actor_kind, event.actor_id) == ("user", company.owner.user_id)
