"""Who registers another's address and waits until a company brings its owner in stays outside, whatever the door."""

import re
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from rest_framework.test import APIClient

from employees.events import EmployeeCreatedEvent
from employees.models import Employee
from employees.services import accept_invite
from gauzy import context
from gauzy.eventbus.testing import deliver_all, recorded_events
from gauzy.tenancy.models import Membership
from gauzy.users.events import PasswordDroppedEvent, PasswordSetEvent
from gauzy.users.exceptions import InvalidCredentials
from gauzy.users.models import User
from gauzy.users.services import create_tenant_with_owner
from tests.factories.desk import desk_of
from tests.factories.invites import invite, token_in
from tests.factories.people import Company, hire
from tests.factories.platform import (
    PASSWORD,
    SYSTEM,
    new_owner,
    new_superuser,
    prove_email,
    session_client,
    token_client,
)

pytestmark = pytest.mark.django_db

VICTIM = "victim@example.org"
CHOSEN = "nanoseconds are short"
EMPLOYEES = "/api/v1/employees"
TOKENS = "/api/v1/auth/tokens"
CSV = f"email,first_name,last_name\n{VICTIM},Vera,Victim\n"


@pytest.fixture
def squatter(db: None) -> Membership:
    """Whoever registered the address first, with a tenant of their own."""
    return new_owner(email=VICTIM, organization_name="Evil")


def new(company: Company, email: str = VICTIM) -> dict[str, Any]:
    person = {"email": email, "first_name": "Vera", "last_name": "Victim"}
    return {"organization_id": str(company.organization.id)} | person


def bring_in(company: Company, door: str, tmp_path: Path) -> None:
    client = token_client(company.owner)
    match door:
        case "api":
            assert client.post(EMPLOYEES, new(company)).status_code == 201
        case "bulk":
            items = [new(company, "other@example.org"), new(company)]
            assert client.post(f"{EMPLOYEES}/bulk", {"items": items}, format="json").status_code == 200
        case "csv":
            query = f"organization_id={company.organization.id}"
            answer = client.generic("POST", f"{EMPLOYEES}/import?{query}", CSV, content_type="text/csv")
            assert answer.json()["created"] == 1, answer.content
        case "admin":
            form = new(company) | {"organization": str(company.organization.id)}
            page = desk_of(company.owner).post(reverse("admin:employees_employee_add"), form)
            assert page.status_code == 302, page.content
        case "command":
            (tmp_path / "people.csv").write_text(CSV)
            where = ("--tenant", str(company.tenant_id), "--organization", str(company.organization.id))
            call_command("employees", "import", str(tmp_path / "people.csv"), *where, stdout=StringIO())


DOORS = pytest.mark.parametrize("door", ["api", "bulk", "csv", "admin", "command"])


def link_in_mail() -> str:
    [letter] = [letter for letter in mail.outbox if letter.to == [VICTIM] and "set-password" in str(letter.body)]
    found = re.search(r"http\S+/set-password/\S+", str(letter.body))
    assert found
    return urlsplit(found[0]).path


@DOORS
def test_a_password_without_a_proven_email_opens_nothing_from_then_on(
    squatter: Membership, company: Company, door: str, tmp_path: Path
) -> None:
    program, browser = token_client(squatter), session_client(squatter)
    assert program.get("/api/v1/me").status_code == 200
    bring_in(company, door, tmp_path)
    for tenant_id in (None, company.tenant_id, squatter.tenant_id):
        body = {"email": VICTIM, "password": PASSWORD} | ({"tenant_id": str(tenant_id)} if tenant_id else {})
        assert APIClient().post(TOKENS, body).status_code == 401
    assert program.get("/api/v1/me").status_code == 401
    assert browser.get("/admin/").status_code == 302
    assert not Client().login(username=VICTIM, password=PASSWORD)


@DOORS
def test_the_owner_of_the_address_gets_in_by_the_one_mail_and_has_lost_nothing(
    squatter: Membership, company: Company, door: str, tmp_path: Path
) -> None:
    deliver_all()
    mail.outbox.clear()
    bring_in(company, door, tmp_path)
    deliver_all()
    assert len([letter for letter in mail.outbox if letter.to == [VICTIM]]) == 1
    form = {"password": CHOSEN, "repetition": CHOSEN}
    assert Client().post(link_in_mail(), form).status_code == 200
    assert User.objects.get(email=VICTIM).email_verified_at
    for tenant_id in (company.tenant_id, squatter.tenant_id):
        answer = APIClient().post(TOKENS, {"email": VICTIM, "password": CHOSEN, "tenant_id": str(tenant_id)})
        assert answer.status_code == 201


def test_the_answer_is_the_same_for_the_unproven_and_the_unknown(squatter: Membership, company: Company) -> None:
    client = token_client(company.owner)
    unproven, fresh = (client.post(EMPLOYEES, new(company, email)) for email in (VICTIM, "fresh@example.org"))
    assert unproven.status_code == fresh.status_code
    differing = {name for name, value in fresh.json().items() if unproven.json()[name] != value}
    assert differing == {"id", "email", "created_at", "updated_at"}


def test_only_the_installation_hears_that_a_password_was_dropped(squatter: Membership, company: Company) -> None:
    with recorded_events() as events:
        hire(company, email=VICTIM)
    assert [(event.user_id, event.tenant_id) for event in events.of(PasswordDroppedEvent)] == [(squatter.user_id, None)]
    assert {event.tenant_id for event in events.of(EmployeeCreatedEvent)} == {company.tenant_id}


def test_who_proved_their_email_keeps_password_and_tokens(squatter: Membership, company: Company) -> None:
    prove_email(squatter.user)
    program = token_client(squatter)
    hire(company, email=VICTIM)
    assert program.get("/api/v1/me").status_code == 200
    assert User.objects.get(pk=squatter.user_id).check_password(PASSWORD)


def test_who_employs_themselves_keeps_password_and_tokens(company: Company) -> None:
    program = token_client(company.owner)
    hire(company, email=company.owner.user.email)
    assert program.get("/api/v1/me").status_code == 200


def test_no_company_shuts_an_operator_out(company: Company) -> None:
    root = new_superuser()
    hire(company, email=root.email)
    assert User.objects.get(pk=root.pk).check_password(PASSWORD)


class _SlowHasher(MD5PasswordHasher):
    """Lets something happen while it judges a password."""

    meanwhile: Any = staticmethod(lambda: None)

    def verify(self, password: str, encoded: str) -> bool:
        meanwhile, type(self).meanwhile = type(self).meanwhile, staticmethod(lambda: None)
        meanwhile()
        return super().verify(password, encoded)


def test_a_password_that_is_dropped_while_it_is_judged_opens_nothing(
    squatter: Membership, company: Company, settings: Settings
) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}._SlowHasher"]
    _SlowHasher.meanwhile = staticmethod(lambda: hire(company, email=VICTIM))
    body = {"email": VICTIM, "password": PASSWORD, "tenant_id": str(company.tenant_id)}
    assert APIClient().post(TOKENS, body).status_code == 401
    assert Employee.unscoped.filter(user=squatter.user_id).exists()


# --- invites ----------------------------------------------------------------------------------------------------------


def accept(company: Company, **values: Any) -> Employee:
    with context.acting(tenant_id=None, actor=SYSTEM):
        return accept_invite(token=token_in(invite(company, VICTIM)), **values)


def test_the_link_of_an_invite_outranks_a_password_without_a_proven_email(
    squatter: Membership, company: Company
) -> None:
    program, browser = token_client(squatter), session_client(squatter)
    with recorded_events() as events:
        employee = accept(company, password=CHOSEN)
    assert employee.user_id == squatter.user_id
    user = User.objects.get(pk=squatter.user_id)
    assert user.check_password(CHOSEN)
    assert user.email_verified_at
    assert len(events.of(PasswordSetEvent)) == 1
    assert program.get("/api/v1/me").status_code == 401
    assert browser.get("/admin/").status_code == 302


@pytest.mark.parametrize("how", ["password", "signed in"])
def test_who_registered_and_is_invited_goes_on_with_their_password(
    squatter: Membership, company: Company, how: str
) -> None:
    accept(company, **({"password": PASSWORD} if how == "password" else {"proven_user_id": squatter.user_id}))
    user = User.objects.get(pk=squatter.user_id)
    assert user.check_password(PASSWORD)
    assert user.email_verified_at


def test_a_proven_password_cannot_be_replaced_by_an_invite(squatter: Membership, company: Company) -> None:
    prove_email(squatter.user)
    with pytest.raises(InvalidCredentials):
        accept(company, password=CHOSEN)


# --- tenants made by operators ----------------------------------------------------------------------------------------


def test_an_unproven_user_whom_an_operator_makes_owner_chooses_a_password_by_mail(squatter: Membership) -> None:
    deliver_all()
    mail.outbox.clear()
    with context.acting(tenant_id=None, actor=SYSTEM):
        create_tenant_with_owner(name="Acme", owner_email=VICTIM, organization_name="Acme")
    assert APIClient().post(TOKENS, {"email": VICTIM, "password": PASSWORD}).status_code == 401
    deliver_all()
    assert Client().post(link_in_mail(), {"password": CHOSEN, "repetition": CHOSEN}).status_code == 200
