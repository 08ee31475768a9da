from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from gauzy.rest.serializers import StrictSerializer
from gauzy.rest.views import ViewSet
from gauzy.tenancy.roles import ADMINS
from integrations.api.serializers import IntegrationOutput
from integrations.services import github_access


class StartOutput(serializers.Serializer[Any]):
    url = serializers.URLField(help_text="Where the user installs the app; GitHub sends them back with its id.")


class InstallationInput(StrictSerializer):
    organization_id = serializers.UUIDField()
    name = serializers.CharField(max_length=100)
    installation_id = serializers.RegexField(r"^[1-9][0-9]{0,18}$")
    code = serializers.CharField(max_length=200)
    state = serializers.CharField(max_length=1000)


class GitHubInstallationViewSet(ViewSet):
    """Installing the GitHub App: begin here, install it there, come back with what GitHub gave."""

    roles = {"start": ADMINS, "create": ADMINS}
    inputs = {"start": StrictSerializer, "create": InstallationInput}
    outputs = {"start": StartOutput, "create": IntegrationOutput}
    secretive = ("create",)

    def start(self, request: Request) -> Response:
        self.read()
        return self.reply({"url": github_access.start_installation()})

    def create(self, request: Request) -> Response:
        """Connect an installation; GitHub is asked whether it is the user's."""
        return self.reply(github_access.finish_installation(**self.read()))
