import json
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser

from employees.services import create_employee
from gauzy import context
from gauzy.context import Actor, ActorKind
from gauzy.organizations.selectors import organizations
from integrations.choices import Provider
from integrations.services.connecting import create_integration
from integrations.services.upwork_access import finish_connecting, start_connecting
from tests.factories.upwork import SESSION, state_in
from tests.support.upwork_api import CLIENT_ID, CLIENT_SECRET, CODE


class Command(BaseCommand):
    help = "Sign in at the Upwork of the settings, and hire the user; print, as JSON, the integration."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("tenant", type=UUID)
        parser.add_argument("email")

    def handle(self, *args: Any, tenant: UUID, email: str, **options: Any) -> None:
        with context.acting(tenant_id=tenant, actor=Actor(ActorKind.COMMAND, "connect_upwork")):
            [organization] = organizations()
            create_employee(organization_id=organization.id, email=email, first_name="Sam", last_name="Wells")
            integration = create_integration(
                organization_id=organization.id,
                provider=Provider.UPWORK,
                name="Upwork",
                secrets={"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET},
            )
            state = state_in(start_connecting(integration_id=integration.id, session=SESSION))
            finish_connecting(integration_id=integration.id, session=SESSION, state=state, code=CODE)
        self.stdout.write(json.dumps({"integration_id": str(integration.id)}))
