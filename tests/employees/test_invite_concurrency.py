"""Many answers at once to one invite, on real connections."""

import pytest

from employees.exceptions import InvalidInvite, InviteOpen
from employees.models import Employee, Invite
from employees.services import accept_invite, reject_invite, revoke_invite
from gauzy import context
from gauzy.eventbus.testing import recorded_events
from gauzy.tenancy.models import Membership
from gauzy.users.events import UserRegisteredEvent
from gauzy.users.models import User
from gauzy.users.services import register
from tests.employees.test_concurrency import at_once
from tests.factories.invites import invite, token_in
from tests.factories.people import Company, acting_for, found_company
from tests.factories.platform import SYSTEM

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
MANY = 20
CHOSEN = "nanoseconds are short"


def accept(sent: Invite) -> Employee:
    with context.acting(tenant_id=None, actor=SYSTEM):
        return accept_invite(token=token_in(sent), password=CHOSEN)


def test_twenty_acceptances_at_once_make_one_employee(company: Company) -> None:
    sent = invite(company)
    outcomes = at_once(*[lambda: accept(sent)] * MANY)
    assert sum(isinstance(outcome, Employee) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, InvalidInvite) for outcome in outcomes) == MANY - 1
    user = User.objects.get(email=sent.email)
    assert Employee.unscoped.filter(user=user).count() == Membership.unscoped.filter(user=user).count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_acceptance_and_revocation_at_once_have_one_winner(company: Company, attempt: int) -> None:
    sent = invite(company)

    def revoke() -> Invite:
        with acting_for(company):
            return revoke_invite(invite_id=sent.id)

    def reject() -> None:
        with context.acting(tenant_id=None, actor=SYSTEM):
            reject_invite(token=token_in(sent))

    outcomes = at_once(lambda: accept(sent), revoke, reject)
    assert sum(not isinstance(outcome, Exception) for outcome in outcomes) == 1
    employed = Employee.unscoped.filter(user__email=sent.email).exists()
    assert employed == isinstance(outcomes[0], Employee)


def test_inviting_one_person_many_times_at_once_makes_one_open_invite(company: Company) -> None:
    outcomes = at_once(*[lambda: invite(company)] * 8)
    assert sum(isinstance(outcome, InviteOpen) for outcome in outcomes) == 7
    assert Invite.unscoped.count() == 1


def test_accepting_the_invites_of_several_tenants_at_once_makes_one_user() -> None:
    invites = [invite(found_company(f"Company {n}")) for n in range(5)]
    outcomes = at_once(*[lambda sent=sent: accept(sent) for sent in invites])
    assert all(isinstance(outcome, Employee) for outcome in outcomes), outcomes
    assert User.objects.filter(email="grace@example.org").count() == 1
    assert Employee.unscoped.count() == 5


def test_registrations_of_one_email_at_once_make_one_user() -> None:
    def sign_up() -> Membership | None:
        with context.acting(tenant_id=None, actor=SYSTEM):
            return register(
                email="grace@example.org",
                password=CHOSEN,
                first_name="Grace",
                last_name="Hopper",
                organization_name="COBOL Works",
            )

    with recorded_events() as events:
        outcomes = at_once(*[sign_up] * MANY)
    assert sum(isinstance(outcome, Membership) for outcome in outcomes) == 1
    assert User.objects.count() == 1
    assert len(events.of(UserRegisteredEvent)) == 1
