"""No list and no page of the admin shows a row of another tenant, whoever looks."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from gauzy.tenancy.choices import Role
from tests.factories.desk import desk_of, desk_of_superuser, every_list, model_named, page_of, text_of
from tests.factories.people import Company
from tests.factories.platform import new_member, new_superuser
from tests.factories.world import furnished_company

pytestmark = pytest.mark.django_db
PLATFORM_WIDE = {"tenancy.Tenant", "users.User"}
OF_TENANTS = sorted(set(every_list()) - PLATFORM_WIDE)


@pytest.fixture
def rival(company: Company) -> Company:
    """Another company with a row of everything."""
    return furnished_company("Rival")


def _lookers(company: Company) -> list[Client]:
    return [
        desk_of(company.owner),
        desk_of(new_member(company.owner, Role.ADMIN)),
        desk_of(new_member(company.owner, Role.MANAGER)),
        desk_of_superuser(new_superuser(), company.tenant_id),
    ]


def _rows_of(model: str, tenant: Company) -> list[Any]:
    cls: Any = model_named(model)
    manager = getattr(cls, "unscoped", cls._default_manager)
    field = "tenant_key" if model == "analytics.DailyCount" else "tenant_id"
    return list(manager.filter(**{field: tenant.tenant_id}))


@pytest.mark.parametrize("model", OF_TENANTS)
def test_a_foreign_row_is_not_found(model: str, company: Company, rival: Company) -> None:
    rows = _rows_of(model, rival)
    assert rows, f"The rival has no {model}: a test of isolation needs one."
    for looker in _lookers(company):
        assert looker.get(page_of(rows[0])).status_code in {403, 404}


@pytest.mark.parametrize("model", OF_TENANTS)
def test_a_list_shows_no_foreign_row(model: str, company: Company, rival: Company) -> None:
    foreign = {row.pk for row in _rows_of(model, rival)}
    for looker in _lookers(company):
        answer = looker.get(every_list()[model])
        if answer.status_code == 200:
            assert not foreign & {row.pk for row in answer.context["cl"].result_list}


@pytest.mark.parametrize("model", OF_TENANTS)
def test_the_owner_does_see_their_own(model: str, rival: Company) -> None:
    rows = _rows_of(model, rival)
    desk = desk_of(rival.owner)
    assert {row.pk for row in desk.get(every_list()[model]).context["cl"].result_list} == {row.pk for row in rows}
    assert desk.get(page_of(rows[0])).status_code == 200


@pytest.mark.parametrize("model", OF_TENANTS)
def test_unknown_ids_are_not_found(model: str, company: Company) -> None:
    cls: Any = model_named(model)
    for id in ("00000000-0000-4000-8000-000000000000", "nonsense"):
        address = reverse(f"admin:{cls._meta.app_label}_{cls._meta.model_name}_change", args=(id,))
        assert desk_of(company.owner).get(address).status_code == 404


def test_choices_of_a_form_are_the_tenants_own(company: Company, rival: Company) -> None:
    form = text_of(desk_of(company.owner).get(reverse("admin:employees_employee_add")))
    assert str(company.organization.pk) in form
    assert str(rival.organization.pk) not in form


def test_every_model_of_tenants_is_covered() -> None:
    known = {model._meta.label for model in admin.site._registry}
    assert known == set(OF_TENANTS) | PLATFORM_WIDE
