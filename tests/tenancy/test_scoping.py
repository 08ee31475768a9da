import pytest

from gauzy import context
from gauzy.context import MissingContext
from gauzy.organizations.models import Organization
from gauzy.tenancy.membership import acting_as
from gauzy.tenancy.models import Membership
from tests.factories.platform import SYSTEM, new_owner, organization_of

pytestmark = pytest.mark.django_db


def test_a_query_without_a_context_raises() -> None:
    with pytest.raises(MissingContext):
        Organization.objects.all()


def test_a_query_in_a_context_without_a_tenant_raises() -> None:
    with context.acting(tenant_id=None, actor=SYSTEM), pytest.raises(MissingContext):
        Organization.objects.count()


def test_rows_of_another_tenant_are_not_there() -> None:
    ours, theirs = new_owner(), new_owner()
    with acting_as(ours):
        assert list(Organization.objects.all()) == [organization_of(ours)]
        assert not Organization.objects.filter(pk=organization_of(theirs).pk).exists()


def test_a_new_row_belongs_to_the_contexts_tenant() -> None:
    owner = new_owner()
    with acting_as(owner):
        assert Organization(name="Another").tenant_id == owner.tenant_id


def test_a_new_row_without_a_context_raises() -> None:
    with pytest.raises(MissingContext):
        Organization(name="Nobody's")


def test_rows_can_be_followed_and_refreshed_across_tenants_by_their_key() -> None:
    theirs = organization_of(new_owner())
    with acting_as(new_owner()):
        theirs.refresh_from_db()
    assert Membership._meta.base_manager is not Membership.objects
