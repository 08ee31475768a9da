"""Invites: sending, sending again, revoking, and every answer to them."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from employees.choices import INVITE_ANSWERED, InviteStatus
from employees.events import (
    EmployeeCreatedEvent,
    InviteAcceptedEvent,
    InviteRejectedEvent,
    InviteRevokedEvent,
    InviteSentEvent,
)
from employees.exceptions import EmployeeExists, InvalidInvite, InviteDecided, InviteNotFound, InviteOpen
from employees.models import Employee, Invite
from employees.services import (
    accept_invite,
    create_invite,
    create_invites,
    reject_invite,
    resend_invite,
    revoke_invite,
)
from gauzy import context
from gauzy.eventbus.models import Receipt
from gauzy.eventbus.testing import deliver_all, recorded_events
from gauzy.exceptions import BulkRefused, DomainError, Invalid
from gauzy.notifications.models import EmailMessage, Notification
from gauzy.organizations.services import update_organization
from gauzy.tenancy.choices import Role
from gauzy.tenancy.exceptions import GrantTooHigh
from gauzy.tenancy.membership import acting_as
from gauzy.tenancy.models import Membership
from gauzy.users.events import UserRegisteredEvent
from gauzy.users.exceptions import InvalidCredentials, WeakPassword
from gauzy.users.models import User
from tests.factories.desk import desk_of, page_of
from tests.factories.invites import invite, token_in
from tests.factories.people import Company, acting_for, found_company, hire, membership_of
from tests.factories.platform import PASSWORD, SYSTEM, new_member, new_owner, prove_email, token_client

pytestmark = pytest.mark.django_db
URL = "/api/v1/invites"
CHOSEN = "nanoseconds are short"


def accept(token: str, **values: Any) -> Employee:
    with context.acting(tenant_id=None, actor=SYSTEM):
        return accept_invite(token=token, **({"password": CHOSEN} | values))


def stored(sent: Invite) -> Invite:
    found: Invite = Invite.unscoped.get(pk=sent.pk)
    return found


def overdue(sent: Invite) -> Invite:
    Invite.unscoped.filter(pk=sent.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    return stored(sent)


# --- inviting ---------------------------------------------------------------------------------------------------------


def test_an_invite_lasts_as_long_as_the_organization_says_and_is_mailed(company: Company) -> None:
    with acting_for(company):
        update_organization(organization_id=company.organization.id, values={"invite_expiry_days": 3})
    with recorded_events() as events:
        sent = invite(company, " Grace@Example.org ")
    assert (sent.email, sent.inviter, sent.state) == ("grace@example.org", "Olga Owner", InviteStatus.OPEN)
    assert timedelta(days=2, hours=23) < sent.expires_at - timezone.now() <= timedelta(days=3)
    assert [type(event) for event in events] == [InviteSentEvent]
    deliver_all()
    [letter] = [letter for letter in mail.outbox if letter.to == ["grace@example.org"]]
    assert letter.subject == "Olga Owner invites you to Acme"
    assert f"/accounts/invites/{token_in(sent)}" in letter.body


def test_neither_row_nor_mail_history_opens_an_invite(company: Company, settings: Settings) -> None:
    settings.EMAIL_HISTORY_KEEPS_LINKS = False
    sent = invite(company)
    deliver_all()
    row = Invite.unscoped.filter(pk=sent.pk).values().get()
    assert token_in(sent) not in str(row)
    assert token_in(sent) not in EmailMessage.objects.get(to="grace@example.org").text
    for known in (row["token_seed"], row["token_digest"]):
        with pytest.raises(InvalidInvite):
            accept(known)


def test_a_person_has_one_open_invite_to_an_organization(company: Company) -> None:
    sent = invite(company)
    with pytest.raises(InviteOpen), recorded_events() as events:
        invite(company, "GRACE@example.org")
    assert not events
    invite(found_company("Rival"))
    overdue(sent)
    invite(company)
    assert stored(sent).status == InviteStatus.EXPIRED


def test_employees_need_no_invite(company: Company) -> None:
    hire(company, email="grace@example.org")
    with pytest.raises(EmployeeExists):
        invite(company)


@pytest.mark.parametrize(
    ("own", "role", "may"),
    [
        (Role.OWNER, Role.OWNER, True),
        (Role.ADMIN, Role.MANAGER, True),
        (Role.ADMIN, Role.ADMIN, False),
        (Role.ADMIN, Role.OWNER, False),
    ],
)
def test_nobody_invites_to_a_role_at_or_above_their_own(company: Company, own: Role, role: Role, may: bool) -> None:
    client = token_client(new_member(company.owner, own))
    body = {"organization_id": company.organization.id, "email": "grace@example.org", "role": role}
    answer = client.post(URL, body)
    assert answer.status_code == (201 if may else 403)
    assert may or answer.json()["code"] == "grant_too_high"


def test_of_many_each_has_its_verdict(company: Company) -> None:
    hire(company, email="here@example.org")
    items: Any = [
        {"organization_id": company.organization.id, "email": "grace@example.org"},
        {"organization_id": company.organization.id, "email": "grace@example.org"},
        {"organization_id": company.organization.id, "email": "here@example.org"},
        {"organization_id": uuid4(), "email": "else@example.org"},
        {"organization_id": company.organization.id, "email": "nonsense"},
    ]
    with acting_for(company):
        with pytest.raises(BulkRefused) as refusal, recorded_events() as none:
            create_invites(items=items)
        with recorded_events() as events:
            outcomes = create_invites(items=items, atomic=False)
    assert set(refusal.value.fields) == {f"items.{n}" for n in ("1.email", "2.email", "3.organization_id", "4.email")}
    assert not none
    codes = [outcome.code if isinstance(outcome, DomainError) else "" for outcome in outcomes]
    assert codes == ["", "invite_open", "employee_exists", "organization_not_found", "invalid"]
    assert len(events) == 1


def test_sending_again_kills_the_old_link_and_opens_what_had_expired(company: Company) -> None:
    sent = overdue(invite(company))
    old = token_in(sent)
    with acting_for(company), recorded_events() as events:
        again = resend_invite(invite_id=sent.id)
    assert [type(event) for event in events] == [InviteSentEvent]
    assert again.state == InviteStatus.OPEN
    with pytest.raises(InvalidInvite):
        accept(old)
    accept(token_in(again))


def test_a_mail_that_is_late_carries_the_link_that_works_or_is_not_sent(company: Company) -> None:
    sent = invite(company)
    with acting_for(company):
        again = resend_invite(invite_id=sent.id)
        revoke_invite(invite_id=invite(company, "other@example.org").id)
    deliver_all()
    letters = [letter.body for letter in mail.outbox if letter.to == ["grace@example.org"]]
    assert len(letters) == 2
    assert all(token_in(again) in letter for letter in letters)
    assert Receipt.objects.filter(handler="employees.send_invite_email", reason__contains="revoked").exists()


def test_revoking_is_safe_to_repeat_and_takes_nothing_back(company: Company) -> None:
    sent, accepted = invite(company), invite(company, "alan@example.org")
    accept(token_in(accepted))
    with acting_for(company), recorded_events() as events:
        for _ in range(2):
            assert revoke_invite(invite_id=sent.id).state == InviteStatus.REVOKED
        for act in (revoke_invite, resend_invite):
            with pytest.raises(InviteDecided):
                act(invite_id=accepted.id)
    assert events == [
        InviteRevokedEvent(tenant_id=company.tenant_id, invite_id=sent.id, organization_id=company.organization.id)
    ]


def test_anothers_invite_is_not_found(company: Company) -> None:
    foreign = invite(found_company("Rival"))
    with acting_for(company):
        for act in (resend_invite, revoke_invite):
            with pytest.raises(InviteNotFound):
                act(invite_id=foreign.id)


# --- answering --------------------------------------------------------------------------------------------------------


def test_accepting_makes_user_member_and_employee_who_get_one_welcome_mail(company: Company) -> None:
    sent = invite(company, role=Role.MANAGER)
    deliver_all()
    mail.outbox.clear()
    with recorded_events() as events:
        employee = accept(token_in(sent))
    user = User.objects.get(email="grace@example.org")
    assert user.check_password(CHOSEN)
    assert user.email_verified_at
    assert membership_of(employee).role == Role.MANAGER
    assert (employee.first_name, stored(sent).employee_id) == ("Grace", employee.id)
    assert [type(event) for event in events] == [UserRegisteredEvent, EmployeeCreatedEvent, InviteAcceptedEvent]
    deliver_all()
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [([user.email], "You are now with Acme")]
    [told] = Notification.unscoped.filter(kind=INVITE_ANSWERED)
    assert (told.user_id, told.title) == (company.owner.user_id, "grace@example.org accepted the invite to Acme")


def test_a_weak_password_leaves_everything_as_it_was(company: Company) -> None:
    sent = invite(company)
    with pytest.raises(WeakPassword), recorded_events() as events:
        accept(token_in(sent), password="12345")
    assert not events
    assert not User.objects.filter(email="grace@example.org").exists()
    assert stored(sent).state == InviteStatus.OPEN


def test_who_has_an_account_proves_it(company: Company) -> None:
    elsewhere = new_owner(email="grace@example.org")
    prove_email(elsewhere.user)
    sent = invite(company)
    for wrong in ({"password": CHOSEN}, {"password": ""}, {"password": "", "proven_user_id": company.owner.user_id}):
        with pytest.raises(InvalidCredentials):
            accept(token_in(sent), **wrong)
    assert accept(token_in(sent), password=PASSWORD).user_id == elsewhere.user_id
    assert User.objects.get(pk=elsewhere.user_id).check_password(PASSWORD)


def test_who_is_signed_in_needs_no_password(company: Company) -> None:
    elsewhere = new_owner(email="grace@example.org")
    answer = token_client(elsewhere).post(f"{URL}/accept", {"token": token_in(invite(company))})
    assert answer.status_code == 200
    assert answer.json()["organization_id"] == str(company.organization.id)


def test_an_account_without_a_password_gets_one(company: Company) -> None:
    employee = hire(found_company("Rival"), email="grace@example.org")
    assert accept(token_in(invite(company))).user_id == employee.user_id
    assert User.objects.get(pk=employee.user_id).check_password(CHOSEN)


def test_an_invite_changes_no_role_that_there_is(company: Company) -> None:
    member = new_member(company.owner, Role.ADMIN)
    employee = accept(token_in(invite(company, member.user.email, role=Role.VIEWER)))
    assert membership_of(employee).role == Role.ADMIN


def test_who_became_an_employee_meanwhile_accepts_all_the_same(company: Company) -> None:
    sent = invite(company)
    employee = hire(company, email="grace@example.org")
    with recorded_events() as events:
        assert accept(token_in(sent)) == employee
    assert EmployeeCreatedEvent not in map(type, events)


def test_declining_tells_the_inviter_and_ends_the_link(company: Company) -> None:
    sent = invite(company)
    with context.acting(tenant_id=None, actor=SYSTEM), recorded_events() as events:
        reject_invite(token=token_in(sent))
        with pytest.raises(InvalidInvite):
            reject_invite(token=token_in(sent))
    assert [type(event) for event in events] == [InviteRejectedEvent]
    deliver_all()
    assert Notification.unscoped.get(kind=INVITE_ANSWERED).title == "grace@example.org declined the invite to Acme"
    invite(company)  # the organization may ask again


def test_every_link_that_is_no_good_gets_the_same_answer(company: Company) -> None:
    used, expired, revoked, declined = (invite(company, f"{name}@example.org") for name in "abcd")
    accept(token_in(used))
    overdue(expired)
    with acting_for(company):
        revoke_invite(invite_id=revoked.id)
        reject_invite(token=token_in(declined))
    bad = [*map(token_in, (used, expired, revoked, declined)), "unknown", "x" * 200]
    bodies, pages = set(), set()
    for token in bad:
        for action in ("accept", "reject"):
            answer = APIClient().post(
                f"{URL}/{action}", {"token": token} | ({"password": CHOSEN} if action == "accept" else {})
            )
            bodies.add((answer.status_code, str({k: v for k, v in answer.json().items() if k != "request_id"})))
        pages |= {
            Client().get(f"/accounts/invites/{token}").content,
            Client().post(f"/accounts/invites/{token}").content,
        }
    assert [status for status, _ in bodies] == [400]
    assert "invalid_invite" in str(bodies)
    assert len(pages) == 1


# --- doors ------------------------------------------------------------------------------------------------------------


def test_the_link_leads_a_browser_through(company: Company) -> None:
    invite(company)
    deliver_all()
    [letter] = [letter for letter in mail.outbox if letter.to == ["grace@example.org"]]
    found = re.search(r"http\S+/invites/\S+", str(letter.body))
    assert found
    browser, path = Client(), urlsplit(found[0]).path
    page = browser.get(path)
    assert b"Acme invites you" in page.content
    assert page["Referrer-Policy"] == "no-referrer"
    assert Invite.unscoped.get().state == InviteStatus.OPEN
    form = {"first_name": "Grace", "last_name": "Hopper"}
    refused = browser.post(path, form | {"password": "12345"})
    assert (refused.status_code, b"too short" in refused.content) == (400, True)
    assert b"Welcome to Acme" in browser.post(path, form | {"password": CHOSEN}).content
    assert browser.post(path, form | {"password": CHOSEN}).status_code == 400


def test_a_browser_declines(company: Company) -> None:
    sent = invite(company)
    assert b"declined" in Client().post(f"/accounts/invites/{token_in(sent)}", {"reject": "1"}).content
    assert stored(sent).state == InviteStatus.REJECTED


def test_the_api_keeps_invites(company: Company) -> None:
    client = token_client(company.owner)
    made = client.post(URL, {"organization_id": company.organization.id, "email": "grace@example.org"}).json()
    assert (made["state"], made["role"], made["employee_id"]) == ("open", "employee", None)
    assert "token" not in str(made)
    assert client.get(f"{URL}/{made['id']}").json() == made
    assert client.get(f"{URL}?state=open").json()["results"] == [made]
    assert client.get(f"{URL}?state=expired").json()["results"] == []
    assert client.post(f"{URL}/{made['id']}/resend", {}).json()["expires_at"] > made["expires_at"]
    assert client.post(f"{URL}/{made['id']}/revoke", {}).json()["state"] == "revoked"
    bulk = client.post(
        f"{URL}/bulk",
        {
            "atomic": False,
            "items": [{"email": "x"}, {"email": "a@b.example", "organization_id": company.organization.id}],
        },
    )
    assert [item["code"] for item in bulk.json()["results"]] == ["invalid", ""]


def test_a_stranger_joins_over_the_api_and_signs_in(company: Company) -> None:
    sent = invite(company)
    body = {"token": token_in(sent), "password": CHOSEN, "first_name": "Amazing"}
    answer = APIClient().post(f"{URL}/accept", body).json()
    assert answer["tenant_id"] == str(company.tenant_id)
    assert Employee.unscoped.get(pk=answer["employee_id"]).first_name == "Amazing"
    signed_in = APIClient().post("/api/v1/auth/tokens", {"email": "grace@example.org", "password": CHOSEN})
    assert signed_in.status_code == 201


def test_the_admin_invites_sends_again_and_revokes(company: Company) -> None:
    desk = desk_of(company.owner)
    form = {"organization": str(company.organization.pk), "email": "grace@example.org", "role": "viewer"}
    desk.post("/admin/employees/invite/add/", form)
    sent = Invite.unscoped.get()
    assert sent.role == Role.VIEWER
    assert desk.get(page_of(sent)).status_code == 200
    assert desk.get("/admin/employees/invite/").status_code == 200


def test_the_terminal_invites(company: Company, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--tenant", str(company.tenant_id)]
    call_command("invite", "create", *where, "--organization", str(company.organization.id), "--email", "g@example.org")
    sent = Invite.unscoped.get()
    assert (sent.invited_by, sent.inviter) == (None, "manage.py invite")
    call_command("invite", "resend", *where, str(sent.id))
    call_command("invite", "revoke", *where, str(sent.id))
    call_command("invite", "list", *where, "--state", "revoked", "--json")
    assert str(sent.id) in capsys.readouterr().out


def test_an_administrator_below_the_role_can_neither_send_again_nor_is_it_hidden(company: Company) -> None:
    sent = invite(company, role=Role.OWNER)
    with acting_as(new_member(company.owner, Role.ADMIN)), pytest.raises(GrantTooHigh):
        resend_invite(invite_id=sent.id)


def test_bad_input_is_refused_by_field(company: Company) -> None:
    with acting_for(company), pytest.raises(Invalid) as refusal:
        create_invite(organization_id=company.organization.id, email="nonsense")
    assert list(refusal.value.fields) == ["email"]


def test_nothing_tells_whether_the_person_is_a_user(company: Company) -> None:
    new_owner(email="known@example.org")
    client = token_client(company.owner)
    answers = [
        client.post(URL, {"organization_id": company.organization.id, "email": f"{name}@example.org"}).json()
        for name in ("known", "unknown")
    ]
    volatile = {"id", "email", "created_at", "expires_at"}
    first, second = ({key: value for key, value in answer.items() if key not in volatile} for answer in answers)
    assert first == second
    assert not Membership.unscoped.filter(user__email="known@example.org", tenant_id=company.tenant_id).exists()
