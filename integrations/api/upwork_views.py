from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from gauzy.rest.serializers import StrictSerializer
from gauzy.rest.views import ViewSet
from gauzy.tenancy.roles import ADMINS
from integrations import selectors
from integrations.api.serializers import IntegrationOutput
from integrations.models import UpworkContract
from integrations.services import upwork_access, upwork_contracts


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


class UpworkContractOutput(serializers.ModelSerializer[UpworkContract]):
    integration_id = serializers.UUIDField()
    project_id = serializers.UUIDField()
    employee_id = serializers.UUIDField(allow_null=True)

    class Meta:
        model = UpworkContract
        fields = (
            *("id", "integration_id", "contract", "title", "status", "freelancer", "project_id", "employee_id"),
            *("starts_on", "diary_until", "has_ended"),
        )
        read_only_fields = fields


class UpworkContractInput(StrictSerializer):
    employee_id = serializers.UUIDField(allow_null=True, help_text="Whose time the contract's diary becomes.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a change of nothing: there is nothing else to say."""
        if "employee_id" not in attrs:
            raise serializers.ValidationError({"employee_id": "This field is required."}, code="required")
        return attrs


class UpworkContractQuery(serializers.Serializer[Any]):
    integration_id = serializers.UUIDField(required=False)


class UpworkContractViewSet(ViewSet):
    """Contracts that became projects, and whose work they are."""

    roles = {"list": ADMINS, "partial_update": ADMINS}
    queries = {"list": UpworkContractQuery}
    inputs = {"partial_update": UpworkContractInput}
    outputs = {"list": UpworkContractOutput, "partial_update": UpworkContractOutput}

    def list(self, request: Request) -> Response:
        return self.page(selectors.upwork_contracts(**self.query))

    def partial_update(self, request: Request, contract_id: UUID) -> Response:
        """Choose the employee; what was taken in before stays whose it is."""
        return self.reply(upwork_contracts.choose_employee(contract_id=contract_id, **self.read()))


def _session_of(request: Request) -> str:
    """Return what tells this sign-in from others of the same user."""
    return f"token {request.auth.pk}" if request.auth else f"session {request.session.session_key}"
