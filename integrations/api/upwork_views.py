from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from gauzy.rest.serializers import StrictSerializer
from gauzy.rest.views import ViewSet
from gauzy.tenancy.roles import ADMINS
from integrations.api.serializers import IntegrationOutput
from integrations.services import upwork_access


class UpworkStartOutput(serializers.Serializer[Any]):
    url = serializers.URLField(help_text="Where the user agrees; Upwork sends them back to the key's callback URL.")


class UpworkFinishInput(StrictSerializer):
    """What Upwork added to the callback URL."""

    state = serializers.CharField(max_length=200)
    code = serializers.CharField(max_length=500, required=False)
    error = serializers.CharField(max_length=200, required=False)


class UpworkConnectionViewSet(ViewSet):
    """Signing in at Upwork: begin here, agree there, come back with what Upwork gave."""

    roles = {"start": ADMINS, "finish": ADMINS}
    inputs = {"start": StrictSerializer, "finish": UpworkFinishInput}
    outputs = {"start": UpworkStartOutput, "finish": IntegrationOutput}
    secretive = ("start", "finish")

    def start(self, request: Request, integration_id: UUID) -> Response:
        """Say where the user goes; they come back in ten minutes, as the same user with the same token or session."""
        self.read()
        session = _session_of(request)
        return self.reply({"url": upwork_access.start_connecting(integration_id=integration_id, session=session)})

    def finish(self, request: Request, integration_id: UUID) -> Response:
        """Connect the account with which the user agreed."""
        given = {"integration_id": integration_id, "session": _session_of(request), **self.read()}
        return self.reply(upwork_access.finish_connecting(**given))


def _session_of(request: Request) -> str:
    """Return what tells this sign-in from others of the same user."""
    return f"token {request.auth.pk}" if request.auth else f"session {request.session.session_key}"
