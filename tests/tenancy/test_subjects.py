"""What events are about, as people call it."""

import pytest
from pytest_django import DjangoAssertNumQueries

from gauzy.eventbus import catalogue
from gauzy.eventbus.ids import uuid7
from gauzy.tenancy.choices import Role
from gauzy.tenancy.subjects import names_of, registered_subjects
from tests.factories.people import found_company, hire
from tests.factories.platform import new_member

pytestmark = pytest.mark.django_db

NAMELESS = {
    *("died_event", "event", "name", "replay"),  # of the bus: they are named by ids
    *("github_delivery",),  # by what it did
}


def test_what_has_a_row_is_called_by_its_name() -> None:
    company = found_company("Acme")
    employee = hire(company, first_name="Grace", last_name="Hopper")
    member = new_member(company.owner, Role.VIEWER)
    subjects = [
        ("employee", str(employee.pk)),
        ("organization", str(company.organization.pk)),
        ("membership", str(member.pk)),
        ("user", str(member.user_id)),
        ("employee", str(uuid7())),
        ("employee", "no id"),
        ("name", "employees.send_welcome_email"),
    ]
    names = names_of(company.tenant_id, subjects)
    assert names == dict(zip(subjects[:4], ["Grace Hopper", "Acme", str(member.user), str(member.user)], strict=True))


def test_another_tenants_rows_have_no_name() -> None:
    company, rival = found_company(), found_company("Rival")
    employee = hire(rival)
    subjects = [
        ("employee", str(employee.pk)),
        ("user", str(employee.user_id)),
        ("organization", str(rival.organization.pk)),
    ]
    assert names_of(company.tenant_id, subjects) == {}
    assert len(names_of(rival.tenant_id, subjects)) == 3


def test_who_may_not_know_persons_is_told_things_alone() -> None:
    company = found_company("Acme")
    subjects = [("employee", str(hire(company).pk)), ("organization", str(company.organization.pk))]
    assert names_of(company.tenant_id, subjects, personal=False) == {subjects[1]: "Acme"}


def test_names_take_a_statement_for_each_type(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    company = found_company()
    people = [("employee", str(hire(company).pk)) for _ in range(3)]
    with django_assert_num_queries(2):
        assert len(names_of(company.tenant_id, [*people, ("organization", str(company.organization.pk))])) == 4


def test_every_subject_of_the_catalogue_has_names_or_a_reason_to_have_none() -> None:
    ours = {event.entity_type for event in catalogue.events if not event.app.startswith("tests")}
    assert ours - set(registered_subjects()) - {""} == NAMELESS
