"""Who gets into the admin, and into which tenant."""

import pytest
from django.test import Client
from django.urls import reverse

from gauzy.tenancy.choices import Role
from gauzy.tenancy.middleware import MEMBERSHIP_KEY, TENANT_KEY
from tests.factories.desk import desk_of, desk_of_superuser, every_list, text_of
from tests.factories.platform import PASSWORD, new_member, new_owner, new_superuser

pytestmark = pytest.mark.django_db
INDEX, LOGIN, CHOOSE = reverse("admin:index"), reverse("admin:login"), reverse("admin:choose")


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MANAGER])
def test_administrators_and_managers_enter(role: Role) -> None:
    assert desk_of(new_member(new_owner(), role)).get(INDEX).status_code == 200


@pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.VIEWER])
def test_employees_and_viewers_are_sent_to_the_login(role: Role) -> None:
    answer = desk_of(new_member(new_owner(), role)).get(INDEX)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(LOGIN)


def test_strangers_are_sent_to_the_login() -> None:
    assert Client().get(INDEX).headers["Location"].startswith(LOGIN)


def test_signing_in_is_by_email_in_whatever_case() -> None:
    owner = new_owner(email="olga@example.org")
    client = Client()
    answer = client.post(LOGIN, {"username": " Olga@Example.org ", "password": PASSWORD})
    assert answer.headers["Location"] == INDEX
    assert client.session[MEMBERSHIP_KEY] == str(owner.pk)


def test_a_role_that_only_manages_elsewhere_does_not_count_here() -> None:
    manages_here = new_owner()
    works_there = new_member(new_owner(), Role.EMPLOYEE, user=manages_here.user)
    answer = desk_of(works_there).get(INDEX, follow=True)
    assert answer.wsgi_request.path == CHOOSE, "whoever may enter with another membership is offered it"


class TestSeveralPlaces:
    def test_signing_in_asks_which_one(self) -> None:
        first = new_owner(organization_name="First")
        second = new_member(new_owner(organization_name="Second"), Role.MANAGER, user=first.user)
        client = Client()
        answer = client.post(LOGIN, {"username": first.user.email, "password": PASSWORD}, follow=True)
        assert "First" in text_of(answer)
        assert "Second" in text_of(answer)

        answer = client.post(CHOOSE, {"membership": str(second.pk)}, follow=True)
        assert answer.wsgi_request.path == INDEX
        assert "You work in Second" in text_of(answer)

    def test_places_without_the_right_to_enter_are_not_offered(self) -> None:
        first = new_owner()
        new_member(new_owner(), Role.VIEWER, user=first.user)
        client = Client()
        client.post(LOGIN, {"username": first.user.email, "password": PASSWORD})
        assert client.session[MEMBERSHIP_KEY] == str(first.pk)

    def test_choosing_begins_another_session(self) -> None:
        owner = new_owner()
        client = desk_of(owner)
        before = client.session.session_key
        client.post(CHOOSE, {"membership": str(owner.pk)})
        assert client.session.session_key != before

    @pytest.mark.parametrize("chosen", ["nonsense", "", "00000000-0000-4000-8000-000000000000"])
    def test_unknown_places_are_not_found(self, chosen: str) -> None:
        assert desk_of(new_owner()).post(CHOOSE, {"membership": chosen}).status_code == 404

    def test_another_persons_place_is_not_found(self) -> None:
        assert desk_of(new_owner()).post(CHOOSE, {"membership": str(new_owner().pk)}).status_code == 404

    def test_a_tenant_is_chosen_by_superusers_only(self) -> None:
        client, other = desk_of(new_owner()), new_owner()
        assert client.post(CHOOSE, {"tenant": str(other.tenant_id)}).status_code == 404
        assert TENANT_KEY not in client.session

    def test_get_chooses_nothing(self) -> None:
        owner = new_owner()
        client = desk_of_superuser(new_superuser())
        client.get(CHOOSE, {"tenant": str(owner.tenant_id), "membership": str(owner.pk)})
        assert TENANT_KEY not in client.session

    def test_choosing_needs_the_csrf_token(self) -> None:
        owner = new_owner()
        assert desk_of(owner, enforce_csrf_checks=True).post(CHOOSE, {"membership": str(owner.pk)}).status_code == 403

    def test_it_leads_on_to_our_own_pages_only(self) -> None:
        owner = new_owner()
        answer = desk_of(owner).post(CHOOSE, {"membership": str(owner.pk), "next": "https://elsewhere.example/"})
        assert answer.headers["Location"] == INDEX


class TestSuperusers:
    def test_without_a_tenant_the_first_page_says_what_to_do(self) -> None:
        assert "Choose a tenant" in text_of(desk_of_superuser(new_superuser()).get(INDEX))

    @pytest.mark.parametrize("model", every_list())
    def test_without_a_tenant_lists_open_or_lead_to_the_choice(self, model: str) -> None:
        answer = desk_of_superuser(new_superuser()).get(every_list()[model], follow=True)
        assert answer.status_code == 200
        across_tenants = {"tenancy.Tenant", "users.User"}
        assert (answer.wsgi_request.path == CHOOSE) == (model not in across_tenants)

    def test_they_choose_any_tenant_by_part_of_its_name(self) -> None:
        chosen, other = new_owner(organization_name="Chosen"), new_owner(organization_name="Other")
        client = desk_of_superuser(new_superuser())
        shown = text_of(client.get(CHOOSE, {"q": "hose"}))
        assert str(chosen.tenant_id) in shown
        assert str(other.tenant_id) not in shown
        client.post(CHOOSE, {"tenant": str(chosen.tenant_id)})
        assert "You work in Chosen" in text_of(client.get(INDEX))

    def test_only_they_see_users_and_tenants(self) -> None:
        client = desk_of(new_owner())
        assert client.get(every_list()["users.User"]).status_code == 403
        assert client.get(every_list()["tenancy.Tenant"]).status_code == 403


def test_djangos_own_password_page_is_closed() -> None:
    assert desk_of(new_owner()).get(reverse("admin:password_change")).status_code == 404
