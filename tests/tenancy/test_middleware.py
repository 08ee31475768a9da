from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from gauzy import context
from gauzy.context import ActorKind
from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import current_role
from gauzy.tenancy.middleware import MEMBERSHIP_KEY, TENANT_KEY, SessionTenantMiddleware
from gauzy.tenancy.services import end_membership
from gauzy.users.models import User
from tests.factories.platform import new_member, new_owner, new_superuser, organization_of, session_client

pytestmark = pytest.mark.django_db


class Seen:
    """A view that notes what is in force while it runs."""

    context: context.Context | None
    role: Role | None

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.context, self.role = context.find(), current_role()
        return HttpResponse()


def visit(user: Any, **session: str) -> tuple[Seen, Any]:
    """Pass a request of `user` with this session through the middleware."""
    client = Client()
    if isinstance(user, User):
        client.force_login(user, backend="gauzy.users.backends.EmailBackend")
    store = client.session
    store.update(session)
    request: Any = RequestFactory().get("/")
    request.user, request.session = user, store
    seen = Seen()
    SessionTenantMiddleware(seen)(request)
    return seen, request


def test_nobody_works_in_no_tenant() -> None:
    seen, _ = visit(AnonymousUser())
    assert (seen.context, seen.role) == (None, None)


def test_a_session_works_in_the_tenant_of_its_membership() -> None:
    owner = new_owner()
    elsewhere = new_member(new_owner(), Role.VIEWER, user=owner.user)
    seen, request = visit(owner.user, **{MEMBERSHIP_KEY: str(elsewhere.id)})
    assert seen.context
    assert (seen.context.tenant_id, seen.role) == (elsewhere.tenant_id, Role.VIEWER)
    assert (seen.context.actor.kind, seen.context.actor.id) == (ActorKind.USER, owner.user_id)
    assert seen.context.actor.label == "Olga Owner"
    assert request.tenant == elsewhere.tenant


def test_a_session_is_bound_to_the_only_membership_of_its_user() -> None:
    owner = new_owner()
    _, request = visit(owner.user)
    assert request.session[MEMBERSHIP_KEY] == str(owner.id)


def test_a_session_of_a_user_of_several_tenants_works_in_none_until_one_is_chosen() -> None:
    owner = new_owner()
    new_member(new_owner(), Role.VIEWER, user=owner.user)
    seen, request = visit(owner.user)
    assert seen.context
    assert (seen.context.tenant_id, seen.role) == (None, None)
    assert MEMBERSHIP_KEY not in request.session


def test_the_context_is_gone_after_the_answer() -> None:
    visit(new_owner().user)
    assert context.find() is None
    assert current_role() is None


def test_a_session_ends_with_its_membership_instead_of_sliding_into_another_tenant() -> None:
    here = new_owner()
    member = new_member(here, Role.ADMIN, user=new_owner().user)
    end_membership(member)
    seen, request = visit(member.user, **{MEMBERSHIP_KEY: str(member.id)})
    assert seen.role is None
    assert not request.user.is_authenticated


def test_a_membership_of_someone_else_in_the_session_opens_nothing() -> None:
    owner, other = new_owner(), new_owner()
    seen, _ = visit(owner.user, **{MEMBERSHIP_KEY: str(other.id)})
    assert seen.role is None


def test_a_superuser_works_in_no_tenant_until_one_is_picked() -> None:
    root, owner = new_superuser(), new_owner()
    seen, _ = visit(root)
    assert seen.context
    assert (seen.context.tenant_id, seen.role) == (None, None)
    seen, request = visit(root, **{TENANT_KEY: str(owner.tenant_id)})
    assert seen.context
    assert (seen.context.tenant_id, seen.role) == (owner.tenant_id, Role.OWNER)
    assert request.tenant == owner.tenant


def test_a_tenant_in_the_session_of_anyone_else_is_ignored() -> None:
    owner, other = new_owner(), new_owner()
    seen, _ = visit(owner.user, **{TENANT_KEY: str(other.tenant_id)})
    assert seen.context
    assert seen.context.tenant_id == owner.tenant_id


def test_a_browser_reads_the_api_as_its_membership() -> None:
    owner = new_owner()
    answer = session_client(owner).get("/api/v1/organizations").json()
    assert [row["id"] for row in answer["results"]] == [str(organization_of(owner).id)]


def test_a_browser_writes_only_with_a_csrf_token() -> None:
    client = session_client(new_owner(), enforce_csrf_checks=True)
    answer = client.post("/api/v1/organizations", {"name": "Second"}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")
