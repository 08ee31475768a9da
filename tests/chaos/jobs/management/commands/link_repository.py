import json
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser

from gauzy import context
from gauzy.context import Actor, ActorKind
from gauzy.organizations.selectors import organizations
from integrations.choices import Provider
from integrations.services.connecting import create_integration
from integrations.services.repositories import link_repository
from tests.factories.github import SECRET
from timetracking.services.projects import create_project


class Command(BaseCommand):
    help = "Link a project of the tenant with octo/widgets; print, as JSON, the integration."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("tenant", type=UUID)

    def handle(self, *args: Any, tenant: UUID, **options: Any) -> None:
        with context.acting(tenant_id=tenant, actor=Actor(ActorKind.COMMAND, "link_repository")):
            [organization] = organizations()
            integration = create_integration(
                organization_id=organization.id,
                provider=Provider.GITHUB,
                name="GitHub",
                secrets={"webhook_secret": SECRET, "token": "ghp_ours"},
            )
            project = create_project(organization_id=organization.id, name="Widgets")
            link_repository(integration_id=integration.id, project_id=project.id, repository="octo/widgets")
        self.stdout.write(json.dumps({"integration_id": str(integration.id)}))
