import pytest

from gauzy.tenancy import roles
from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import acting_as
from gauzy.tenancy.roles import MANAGERS, register_role_permissions
from tests.factories.platform import new_member, new_owner, new_superuser

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def permissions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roles, "_roles_by_permission", {})
    register_role_permissions({"gardens.view_tree": MANAGERS, "gardens.add_tree": [Role.OWNER]})


def test_a_role_holds_what_was_registered_for_it() -> None:
    manager = new_member(new_owner(), Role.MANAGER)
    with acting_as(manager):
        assert manager.user.has_perm("gardens.view_tree")
        assert not manager.user.has_perm("gardens.add_tree")
        assert manager.user.has_module_perms("gardens")
        assert manager.user.get_all_permissions() == {"gardens.view_tree"}


def test_a_permission_that_nobody_registered_is_held_by_nobody() -> None:
    owner = new_owner()
    with acting_as(owner):
        assert not owner.user.has_perm("gardens.delete_tree")
        assert not owner.user.has_module_perms("kitchens")


def test_only_the_one_who_acts_has_the_rights_of_the_role() -> None:
    owner, other = new_owner(), new_owner()
    with acting_as(owner):
        assert not other.user.has_perm("gardens.view_tree")
    assert not owner.user.has_perm("gardens.view_tree")


def test_an_inactive_user_has_no_rights() -> None:
    owner = new_owner()
    owner.user.is_active = False
    with acting_as(owner):
        assert not owner.user.has_perm("gardens.view_tree")


def test_a_superuser_may_do_everything() -> None:
    assert new_superuser().has_perm("gardens.delete_tree")


@pytest.mark.parametrize(("role", "enters"), [(Role.MANAGER, True), (Role.EMPLOYEE, False), (Role.VIEWER, False)])
def test_managers_and_above_enter_the_admin(role: Role, enters: bool) -> None:
    assert new_member(new_owner(), role).user.is_staff is enters
