from typing import Any
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from gauzy.rest.serializers import StrictSerializer
from gauzy.rest.views import ViewSet
from gauzy.tenancy.roles import ADMINS
from integrations import selectors
from integrations.choices import RowVerdict
from integrations.models import UpworkTransaction
from integrations.providers.upwork.transactions import MAX_BYTES
from integrations.services.upwork_transactions import import_transactions


class UpworkFileInput(StrictSerializer):
    file = serializers.FileField(allow_empty_file=True)


class UpworkRowOutput(serializers.Serializer[Any]):
    line = serializers.IntegerField()
    verdict = serializers.ChoiceField(RowVerdict.choices)
    code = serializers.CharField(help_text="Of a refusal.")
    message = serializers.CharField()


class UpworkFileOutput(serializers.Serializer[Any]):
    created = serializers.IntegerField()
    known = serializers.IntegerField()
    refused = serializers.IntegerField()
    rows = UpworkRowOutput(many=True)


class UpworkTransactionOutput(serializers.ModelSerializer[UpworkTransaction]):
    integration_id = serializers.UUIDField()

    class Meta:
        model = UpworkTransaction
        fields = (
            *("id", "integration_id", "reference", "day", "kind", "description", "freelancer", "client"),
            *("amount", "currency"),
        )
        read_only_fields = fields


class UpworkTransactionQuery(serializers.Serializer[Any]):
    integration_id = serializers.UUIDField(required=False)


class UpworkTransactionViewSet(ViewSet):
    """Transactions from files of Upwork's."""

    roles = {"list": ADMINS, "upload": ADMINS}
    queries = {"list": UpworkTransactionQuery}
    inputs = {"upload": UpworkFileInput}
    outputs = {"list": UpworkTransactionOutput, "upload": UpworkFileOutput}

    def get_parsers(self) -> Any:
        return [MultiPartParser()] if self.action_map.get("post") == "upload" else super().get_parsers()

    def list(self, request: Request) -> Response:
        return self.page(selectors.upwork_transactions(**self.query))

    def upload(self, request: Request, integration_id: UUID) -> Response:
        """Import a file; each row has a verdict, and the same file again adds nothing."""
        selectors.get_integration(integration_id)  # an unknown one is that, whatever is sent
        file = self.read()["file"]
        if file.size > MAX_BYTES:
            raise RequestDataTooBig
        return self.reply(import_transactions(integration_id=integration_id, content=file.read()))
