import pytest

from gauzy.exceptions import Invalid
from gauzy.tenancy.choices import Role
from gauzy.tenancy.exceptions import AmbiguousTenant, LastOwner, TenantNotFound
from gauzy.tenancy.models import Membership
from gauzy.tenancy.selectors import find_tenant
from gauzy.tenancy.services import add_member, create_tenant, end_membership
from tests.factories.platform import new_member, new_owner

pytestmark = pytest.mark.django_db


def test_a_tenant_needs_a_name() -> None:
    with pytest.raises(Invalid) as refusal:
        create_tenant(name="  ")
    assert list(refusal.value.fields) == ["name"]


def test_adding_a_member_twice_leaves_the_first_role() -> None:
    owner = new_owner()
    member = new_member(owner, Role.MANAGER)
    again = add_member(tenant_id=owner.tenant_id, user_id=member.user_id, role=Role.EMPLOYEE)
    assert (again.id, again.role) == (member.id, Role.MANAGER)


def test_an_ended_member_comes_back_with_the_new_role() -> None:
    owner = new_owner()
    member = new_member(owner, Role.ADMIN)
    end_membership(member)
    again = add_member(tenant_id=owner.tenant_id, user_id=member.user_id, role=Role.EMPLOYEE)
    assert (again.id, again.role, again.is_active) == (member.id, Role.EMPLOYEE, True)


def test_the_last_owner_cannot_leave() -> None:
    owner = new_owner()
    with pytest.raises(LastOwner):
        end_membership(owner)
    assert Membership.unscoped.get(pk=owner.pk).is_active


def test_one_of_two_owners_can_leave() -> None:
    owner = new_owner()
    new_member(owner, Role.OWNER)
    end_membership(owner)
    assert not Membership.unscoped.get(pk=owner.pk).is_active


def test_a_tenant_is_found_by_id_and_by_name() -> None:
    tenant = create_tenant(name="Unique Ltd")
    assert find_tenant(str(tenant.id)) == find_tenant("Unique Ltd") == tenant


def test_an_unknown_tenant_and_an_ambiguous_name_are_refused() -> None:
    create_tenant(name="Twin")
    create_tenant(name="Twin")
    with pytest.raises(AmbiguousTenant):
        find_tenant("Twin")
    for unknown in ("Nobody", "00000000-0000-4000-8000-000000000000"):
        with pytest.raises(TenantNotFound):
            find_tenant(unknown)
