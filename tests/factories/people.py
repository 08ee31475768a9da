"""Companies with their people, made through the services."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

from employees.models import Employee, Team
from employees.services import create_employee, create_team
from gauzy.organizations.models import Organization
from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import acting_as
from gauzy.tenancy.models import Membership
from tests.factories.platform import new_member, new_owner, organization_of

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Company:
    """A tenant with its owner and first organization."""

    owner: Membership
    organization: Organization

    @property
    def tenant_id(self) -> UUID:
        tenant_id: UUID = self.owner.tenant.id
        return tenant_id


def found_company(name: str = "Acme") -> Company:
    owner = new_owner(organization_name=name)
    return Company(owner, organization_of(owner))


def acting_for(company: Company) -> AbstractContextManager[None]:
    """Work as the company's owner."""
    return acting_as(company.owner)


def hire(company: Company, **values: Any) -> Employee:
    """Make someone an employee of the company, as its owner; `values` are arguments of `create_employee`."""
    person = {"email": f"ada-{next(_numbers)}@example.org", "first_name": "Ada", "last_name": "Lovelace"}
    with acting_for(company):
        return create_employee(**({"organization_id": company.organization.id} | person | values))


def team_of(
    company: Company, *, managers: Sequence[Employee] = (), members: Sequence[Employee] = (), **values: Any
) -> Team:
    """Make a team in the company, as its owner; `values` are arguments of `create_team`."""
    people: dict[str, Any] = {"manager_ids": [one.id for one in managers], "member_ids": [one.id for one in members]}
    defaults: dict[str, Any] = {"organization_id": company.organization.id, "name": f"Team {next(_numbers)}"}
    with acting_for(company):
        return create_team(**(defaults | people | values))


def hire_as(company: Company, role: Role, **values: Any) -> tuple[Employee, Membership]:
    """Hire someone whose membership has a role."""
    member = new_member(company.owner, role)
    return hire(company, email=member.user.email, **values), member


def membership_of(employee: Employee) -> Membership:
    found: Membership = Membership.unscoped.select_related("user").get(
        tenant_id=employee.tenant_id, user_id=employee.user_id
    )
    return found
