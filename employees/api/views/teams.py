from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from employees import selectors, services
from employees.api.serializers.teams import NewTeamInput, TeamInput, TeamOutput, TeamQuery
from gauzy.rest.views import ViewSet
from gauzy.tenancy.roles import ADMINS, MEMBERS


class TeamViewSet(ViewSet):
    """Teams: owners, administrators and viewers see all, everybody else those they are in."""

    roles = {"list": MEMBERS, "create": ADMINS, "retrieve": MEMBERS, "partial_update": ADMINS, "destroy": ADMINS}
    queries = {"list": TeamQuery}
    inputs = {"create": NewTeamInput, "partial_update": TeamInput}
    outputs = dict.fromkeys(("list", "create", "retrieve", "partial_update"), TeamOutput)
    ordering = "name"

    def list(self, request: Request) -> Response:
        return self.page(selectors.visible_teams().filter(**self.query).prefetch_related("members"))

    def create(self, request: Request) -> Response:
        return self.reply(services.create_team(**self.read()))

    def retrieve(self, request: Request, team_id: UUID) -> Response:
        return self.reply(selectors.get_visible_team(team_id))

    def partial_update(self, request: Request, team_id: UUID) -> Response:
        """Change the name, or who is in it: each list that is given replaces the one there was."""
        return self.reply(services.update_team(team_id=team_id, values=self.read()))

    def destroy(self, request: Request, team_id: UUID) -> Response:
        """Dissolve a team: what its managers saw and did by it ends. Nobody's employment changes."""
        services.delete_team(team_id=team_id)
        return self.reply()
