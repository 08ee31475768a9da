"""Invites as their receivers see them."""

from employees.models import Employee, Invite
from employees.services import accept_invite, create_invite
from employees.tokens import token_of
from gauzy import context
from gauzy.tenancy.choices import Role
from tests.factories.people import Company, acting_for
from tests.factories.platform import PASSWORD, SYSTEM


def invite(company: Company, email: str = "grace@example.org", *, role: Role = Role.EMPLOYEE) -> Invite:
    """Invite somebody, as the company's owner."""
    with acting_for(company):
        return create_invite(
            organization_id=company.organization.id, email=email, role=role, first_name="Grace", last_name="Hopper"
        )


def token_in(sent: Invite) -> str:
    """Return the token of the link that is in the mail."""
    return token_of(sent.token_seed)


def accept(sent: Invite) -> Employee:
    """Follow the link as somebody who has no account yet."""
    with context.acting(tenant_id=None, actor=SYSTEM):
        return accept_invite(token=token_in(sent), password=PASSWORD)
