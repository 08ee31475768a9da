import pytest
from rest_framework.test import APIClient

from gauzy import context
from gauzy.tenancy.choices import Role
from gauzy.tenancy.models import Membership
from tests.factories.platform import new_member, new_owner, new_superuser, session_client, token_client

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.rest.sample")]


def test_a_view_that_declares_nothing_is_closed_to_everyone() -> None:
    owner = new_owner()
    assert token_client(owner).get("/api/silent").status_code == 403
    assert APIClient().get("/api/silent").status_code == 401


@pytest.mark.parametrize("role", Role)
def test_exactly_the_declared_roles_get_in(role: Role) -> None:
    member = new_member(new_owner(), role)
    for client in (token_client(member), session_client(member)):
        answer = client.get("/api/managers")
        assert answer.status_code == (200 if role == Role.MANAGER else 403)


def test_the_view_works_in_the_tenant_of_the_token() -> None:
    member = new_member(new_owner(), Role.MANAGER)
    assert token_client(member).get("/api/managers").json() == {"tenant": str(member.tenant_id)}
    assert context.find() is None


def test_the_context_lasts_until_the_answer_is_rendered() -> None:
    assert token_client(new_owner()).get("/api/late").json() == {"rows": 1}


def test_a_head_request_is_a_get_without_a_body() -> None:
    answer = token_client(new_owner()).head("/api/late")
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_superuser_without_a_chosen_tenant_gets_in_nowhere() -> None:
    owner, root = new_owner(), new_superuser()
    stranger = session_client(Membership(user=root, tenant=owner.tenant))
    assert stranger.get("/api/managers").status_code in {401, 403}
