"""A company with a row of everything: what tests walk that look at every route or every page.

A feature adds its rows to `furnish`; until it does, those tests say what they miss.
"""

from gauzy.eventbus.testing import deliver_all
from gauzy.users.services import create_api_key, issue_token
from tests.factories.billing import bill
from tests.factories.integrations import connect_everything
from tests.factories.invites import accept, invite
from tests.factories.people import Company, acting_for, found_company, hire, team_of
from tests.factories.time import work


def furnished_company(name: str) -> Company:
    company = found_company(name)
    furnish(company)
    return company


def furnish(company: Company) -> None:
    """Give a company, once, a row of everything that a tenant can have."""
    employee = hire(company, first_name="Rita")
    team_of(company, managers=[employee])
    accept(invite(company, f"{company.tenant_id}@example.org"))
    invite(company)
    issue_token(membership=company.owner, name="laptop")
    with acting_for(company):
        create_api_key(name="payroll", scopes=["employees:read"])
    work(company)
    bill(company)
    connect_everything(company)
    deliver_all(expect_failures=True)
