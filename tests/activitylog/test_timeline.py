"""What happened to an object, on its page in the admin."""

import pytest
from django.urls import reverse

from activitylog.models import ActivityLog
from activitylog.words import in_words
from employees.services import update_employee
from gauzy.eventbus.testing import deliver_all
from gauzy.tenancy.choices import Role
from tests.factories.desk import desk_of, page_of, text_of
from tests.factories.people import acting_for, found_company, hire
from tests.factories.platform import new_member

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("", "Clerk", "Job title set to “Clerk”"),
        (None, 3, "Job title set to 3"),
        ("Clerk", None, "Job title removed (it was “Clerk”)"),
        ("Clerk", "Admiral", "Job title changed from “Clerk” to “Admiral”"),
        (True, False, "Job title changed from yes to no"),
        (["a"], ["a", "b"], "Job title changed from a to a, b"),
    ],
)
def test_differences_are_said_in_words(old: object, new: object, said: str) -> None:
    assert in_words({"field": "job_title", "old": old, "new": new}) == said


def test_ids_are_called_by_what_they_name() -> None:
    assert in_words({"field": "organization_id", "old": None, "new": "x"}) == "Organization set to “x”"


def test_an_objects_page_tells_what_happened_to_it_newest_first() -> None:
    company = found_company()
    employee, other = hire(company, job_title="Clerk"), hire(company)
    with acting_for(company):
        update_employee(employee_id=employee.pk, values={"job_title": "Admiral"})
        update_employee(employee_id=other.pk, values={"job_title": "Nobody"})
    deliver_all()
    page = text_of(desk_of(company.owner).get(page_of(employee)))
    assert "Job title changed from “Clerk” to “Admiral”" in page
    assert page.index("Employee updated</span>") < page.index("Employee created</span>")
    assert "Nobody" not in page


def test_it_is_for_those_who_may_read_the_log() -> None:
    company = found_company()
    deliver_all()
    organization = page_of(company.organization)
    seen = {
        role: "gz-timeline" in text_of(desk_of(new_member(company.owner, role)).get(organization))
        for role in (Role.ADMIN, Role.MANAGER)
    }
    assert seen == {Role.ADMIN: True, Role.MANAGER: False}


def test_a_new_object_has_no_past() -> None:
    company = found_company()
    assert "gz-timeline" not in text_of(desk_of(company.owner).get("/admin/employees/employee/add/"))


def test_the_log_says_whom_and_what_its_entries_are_about() -> None:
    company = found_company("Acme")
    employee = hire(company, first_name="Grace", last_name="Hopper")
    deliver_all()
    desk = desk_of(company.owner)
    log = ActivityLog.objects.get(event="employees.employee_created", entity_id=str(employee.pk))
    for page in (reverse("admin:activitylog_activitylog_changelist"), page_of(log)):
        assert "Grace Hopper" in text_of(desk.get(page))
