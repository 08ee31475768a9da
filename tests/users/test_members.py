"""Members: roles change and access ends by one rule, whatever the door."""

import pytest

from gauzy.eventbus.testing import recorded_events
from gauzy.tenancy.choices import Role
from gauzy.tenancy.events import MemberEndedEvent, MemberRoleChangedEvent
from gauzy.tenancy.exceptions import GrantTooHigh, LastOwner, MemberInactive, MemberNotFound
from gauzy.tenancy.membership import acting_as
from gauzy.tenancy.models import Membership
from gauzy.tenancy.roles import may_grant
from gauzy.tenancy.services import change_role
from gauzy.users.services import end_member
from tests.factories.desk import desk_of, page_of
from tests.factories.platform import new_member, new_owner, token_client

pytestmark = pytest.mark.django_db
URL = "/api/v1/members"


@pytest.fixture
def owner(db: None) -> Membership:
    return new_owner()


def role_of(member: Membership) -> str:
    found: Membership = Membership.unscoped.get(pk=member.pk)
    return found.role


def test_a_role_grants_the_weaker_ones_and_an_owner_all() -> None:
    granted = {own: [role for role in Role if may_grant(own, role)] for own in Role}
    assert granted == {
        Role.OWNER: [*Role],
        Role.ADMIN: [Role.MANAGER, Role.EMPLOYEE, Role.VIEWER],
        Role.MANAGER: [Role.EMPLOYEE, Role.VIEWER],
        Role.EMPLOYEE: [Role.VIEWER],
        Role.VIEWER: [],
    }
    assert not may_grant(None, Role.VIEWER)


def test_a_change_of_role_is_announced_once(owner: Membership) -> None:
    member = new_member(owner, Role.EMPLOYEE)
    with acting_as(owner), recorded_events() as events:
        for _ in range(2):
            change_role(membership_id=member.pk, role=Role.MANAGER)
    assert events == [
        MemberRoleChangedEvent(
            tenant_id=owner.tenant_id,
            membership_id=member.pk,
            user_id=member.user_id,
            old=Role.EMPLOYEE,
            new=Role.MANAGER,
        )
    ]


@pytest.mark.parametrize(
    ("old", "new"), [(Role.ADMIN, Role.VIEWER), (Role.OWNER, Role.VIEWER), (Role.VIEWER, Role.ADMIN)]
)
def test_an_administrator_touches_no_role_at_or_above_their_own(owner: Membership, old: Role, new: Role) -> None:
    member, administrator = new_member(owner, old), new_member(owner, Role.ADMIN)
    with acting_as(administrator), recorded_events() as events:
        with pytest.raises(GrantTooHigh):
            change_role(membership_id=member.pk, role=new)
        if old != Role.VIEWER:
            with pytest.raises(GrantTooHigh):
                end_member(membership_id=member.pk)
    assert not events
    assert role_of(member) == old


def test_nobody_promotes_themselves(owner: Membership) -> None:
    administrator = new_member(owner, Role.ADMIN)
    with acting_as(administrator), pytest.raises(GrantTooHigh):
        change_role(membership_id=administrator.pk, role=Role.OWNER)


def test_the_last_owner_stays_one(owner: Membership) -> None:
    with acting_as(owner):
        with pytest.raises(LastOwner):
            change_role(membership_id=owner.pk, role=Role.ADMIN)
        with pytest.raises(LastOwner):
            end_member(membership_id=owner.pk)
        second = new_member(owner, Role.OWNER)
        change_role(membership_id=owner.pk, role=Role.ADMIN)
    assert [role_of(owner), role_of(second)] == [Role.ADMIN, Role.OWNER]


def test_an_ended_member_has_no_way_in_and_no_role_to_change(owner: Membership) -> None:
    member = new_member(owner, Role.MANAGER)
    client = token_client(member)
    with acting_as(owner), recorded_events() as events:
        for _ in range(2):
            end_member(membership_id=member.pk)
        with pytest.raises(MemberInactive):
            change_role(membership_id=member.pk, role=Role.VIEWER)
    assert [type(event) for event in events] == [MemberEndedEvent]
    assert client.get("/api/v1/me").status_code == 401


def test_a_foreign_member_is_not_found(owner: Membership) -> None:
    foreign = new_owner()
    with acting_as(owner):
        with pytest.raises(MemberNotFound):
            change_role(membership_id=foreign.pk, role=Role.VIEWER)
        with pytest.raises(MemberNotFound):
            end_member(membership_id=foreign.pk)


def test_the_api_keeps_members(owner: Membership) -> None:
    member, client = new_member(owner, Role.EMPLOYEE), token_client(owner)
    path = f"{URL}/{member.pk}"
    assert client.patch(path, {"role": "viewer"}).json()["role"] == "viewer"
    assert client.get(path).json()["email"] == member.user.email
    assert [row["id"] for row in client.get(f"{URL}?role=viewer").json()["results"]] == [str(member.pk)]
    assert client.post(f"{path}/end", {}).json()["is_active"] is False
    assert token_client(new_member(owner, Role.MANAGER)).get(URL).status_code == 403


def test_the_admin_changes_roles_by_the_same_rule(owner: Membership) -> None:
    member, administrator = new_member(owner, Role.EMPLOYEE), new_member(owner, Role.ADMIN)
    desk = desk_of(administrator)
    desk.post(page_of(member), {"role": "manager"})
    assert role_of(member) == Role.MANAGER
    assert "role" in desk.post(page_of(member), {"role": "admin"}).context["adminform"].form.errors
    assert desk.post(page_of(owner), {"role": "viewer"}).status_code == 403
    assert (role_of(member), role_of(owner)) == (Role.MANAGER, Role.OWNER)


def test_a_patch_that_says_nothing_changes_nothing(owner: Membership) -> None:
    member = new_member(owner, Role.EMPLOYEE)
    with recorded_events() as events:
        answer = token_client(owner).patch(f"{URL}/{member.pk}", {})
    assert (answer.status_code, answer.json()["role"]) == (200, "employee")
    assert events == []
