"""What every list offers: its rows as CSV, and the order last chosen."""

import csv
import io

import pytest
from django.urls import reverse

from gauzy.site import lists
from gauzy.tenancy.choices import Role
from tests.factories.desk import desk_of, every_list, text_of
from tests.factories.people import Company, found_company, hire
from tests.factories.platform import new_member

pytestmark = pytest.mark.django_db
EMPLOYEES = reverse("admin:employees_employee_changelist")


def _rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_a_list_is_exported_as_search_filters_and_order_have_it(company: Company) -> None:
    for first, last in (("Ada", "Lovelace"), ("Grace", "Hopper"), ("Alan", "Turing")):
        hire(company, first_name=first, last_name=last)
    answer = desk_of(company.owner).get(EMPLOYEES, {"export": "csv", "q": "a", "status": "active", "o": "-0"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "employee-" in answer.headers["Content-Disposition"]
    head, *rows = _rows(text_of(answer))
    assert head[:2] == ["Name", "E-mail"]
    assert [row[0] for row in rows] == ["Alan Turing", "Ada Lovelace", "Grace Hopper"]
    assert rows[0][-1] == "Active"


def test_nobody_exports_what_they_may_not_see(company: Company) -> None:
    hire(company)
    assert desk_of(new_member(company.owner, Role.VIEWER)).get(EMPLOYEES, {"export": "csv"}).status_code in {302, 403}
    rival = desk_of(found_company("Rival").owner)
    assert len(_rows(text_of(rival.get(EMPLOYEES, {"export": "csv"})))) == 1


def test_a_cell_is_never_a_formula(company: Company) -> None:
    hire(company, job_title="=HYPERLINK(1)")
    assert "'=HYPERLINK(1)" in text_of(desk_of(company.owner).get(EMPLOYEES, {"export": "csv"}))


def test_more_than_a_file_should_hold_is_refused_with_a_way_out(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "LONGEST_EXPORT", 1)
    hire(company)
    hire(company)
    answer = desk_of(company.owner).get(EMPLOYEES, {"export": "csv"}, follow=True)
    assert "narrow the list" in text_of(answer)


@pytest.mark.parametrize("model", every_list())
def test_every_list_can_be_exported(company: Company, model: str) -> None:
    answer = desk_of(company.owner).get(every_list()[model], {"export": "csv"})
    assert answer.status_code in {200, 403}


def test_a_list_keeps_the_order_last_chosen(company: Company) -> None:
    hire(company, first_name="Ada", last_name="Lovelace")
    hire(company, first_name="Alan", last_name="Turing")
    desk = desk_of(company.owner)

    def names(**query: str) -> list[str]:
        return [str(employee) for employee in desk.get(EMPLOYEES, query).context["cl"].result_list]

    assert names() == ["Ada Lovelace", "Alan Turing"]
    assert names(o="-0") == ["Alan Turing", "Ada Lovelace"]
    assert names() == ["Alan Turing", "Ada Lovelace"]
    assert names(o="") == names() == ["Ada Lovelace", "Alan Turing"]
