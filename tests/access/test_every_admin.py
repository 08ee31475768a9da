"""Every list and every form of the admin, for every role, read from the registry."""

from typing import Any

import pytest
from django.contrib import admin
from django.urls import reverse

from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import acting_as
from gauzy.tenancy.roles import MANAGERS, roles_with
from tests.access.checks import World
from tests.factories.desk import desk_of

pytestmark = pytest.mark.django_db
MODELS = [pytest.param(model, id=model._meta.label) for model in admin.site._registry]
# What comes with another model, and is seen and changed by the rights to that.
BY_THE_RIGHTS_TO = {"organizations.OrganizationSettings": "organizations.organization"}


def allowed(verb: str, model: Any) -> frozenset[Role]:
    app, _, name = BY_THE_RIGHTS_TO.get(model._meta.label, model._meta.label_lower).partition(".")
    return roles_with(f"{app}.{verb}_{name}") & MANAGERS


def address(model: Any, page: str) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("role", [*Role])
def test_a_list_opens_for_those_who_hold_the_permission(model: Any, role: Role, world: World) -> None:
    answer = desk_of(world.member(role)).get(address(model, "changelist"))
    assert (answer.status_code == 200) == (role in allowed("view", model)), f"{role}: {answer.status_code}"


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("role", [*Role])
def test_a_form_takes_nothing_from_those_who_lack_the_permission(model: Any, role: Role, world: World) -> None:
    manager: Any = getattr(model, "unscoped", model._default_manager)
    before = manager.count()
    answer = desk_of(world.member(role)).post(address(model, "add"), {})
    if role not in allowed("add", model):
        assert answer.status_code in {302, 403}
    assert manager.count() == before


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_deleted_in_the_admin(model: Any, world: World) -> None:
    with acting_as(world.company.owner):
        row = getattr(model, "unscoped", model._default_manager).first()
    page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_delete", args=(row.pk,))
    assert desk_of(world.company.owner).post(page, {"post": "yes"}).status_code in {403, 404}
