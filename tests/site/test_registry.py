"""Every admin is guarded: what Django's admin would write on its own goes to a service or is refused."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import RequestFactory

from gauzy.organizations.models import Organization
from gauzy.site.admin_site import GauzyAdminSite
from gauzy.site.base import GuardedAdmin, ReadOnlyAdmin, ServiceModelAdmin
from gauzy.site.exceptions import NotGuarded, NotRouted

REGISTERED = [pytest.param(found, id=type(found).__name__) for found in admin.site._registry.values()]


@pytest.mark.parametrize("model_admin", REGISTERED)
def test_every_admin_derives_from_a_guarded_base(model_admin: Any) -> None:
    assert isinstance(model_admin, ReadOnlyAdmin | ServiceModelAdmin), (
        f"{type(model_admin).__name__} can write past the services: derive it from ServiceModelAdmin or ReadOnlyAdmin."
    )


@pytest.mark.parametrize("model_admin", REGISTERED)
def test_no_admin_edits_in_lists_or_inlines_or_by_actions_on_get(model_admin: Any) -> None:
    assert not model_admin.list_editable
    assert not model_admin.inlines
    assert not model_admin.actions
    assert not model_admin.actions_row
    assert not model_admin.actions_submit_line
    for action in model_admin._get_base_actions_detail():
        assert action.dialog, f"{action.action_name} would act on GET: declare it with dialog_action."


@pytest.mark.parametrize("model_admin", REGISTERED)
def test_no_admin_counts_all_its_rows(model_admin: Any) -> None:
    assert model_admin.show_full_result_count is False


@pytest.mark.parametrize("model_admin", REGISTERED)
def test_every_admin_has_its_place_in_the_sidebar(model_admin: Any) -> None:
    assert model_admin.navigation


@pytest.mark.parametrize("model_admin", REGISTERED)
def test_every_empty_list_says_what_brings_its_first_row(model_admin: Any) -> None:
    assert model_admin.empty_hint.endswith("."), f"Give {type(model_admin).__name__} an `empty_hint`."


@pytest.mark.parametrize("base", [GuardedAdmin, ReadOnlyAdmin, ServiceModelAdmin])
def test_a_base_refuses_to_write_until_it_is_routed(base: type[GuardedAdmin]) -> None:
    form = SimpleNamespace(cleaned_data={}, changed_data=[])
    unrouted, request, row = base(Organization, admin.site), RequestFactory().post("/"), SimpleNamespace()
    writes: list[Callable[[], None]] = [
        lambda: unrouted.save_model(request, row, form, False),
        lambda: unrouted.save_model(request, row, form, True),
        lambda: unrouted.save_related(request, form, [object()], True),
        lambda: unrouted.save_formset(request, form, object(), True),
        lambda: unrouted.delete_model(request, row),
        lambda: unrouted.delete_queryset(request, []),
    ]
    for write in writes:
        with pytest.raises(NotRouted, match="service"):
            write()


def test_an_admin_that_is_not_guarded_is_not_registered() -> None:
    for unguarded in (None, type("UnguardedAdmin", (admin.ModelAdmin,), {})):
        with pytest.raises(NotGuarded, match="ServiceModelAdmin"):
            GauzyAdminSite().register(Organization, unguarded)


def test_djangos_groups_have_no_page() -> None:
    assert Group not in admin.site._registry
