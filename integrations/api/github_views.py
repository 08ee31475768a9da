from uuid import UUID

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import UnreadablePostError
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from gauzy.rest.permissions import ANYONE
from gauzy.rest.views import PublicView
from integrations.api.github_serializers import ReceivedOutput
from integrations.exceptions import BadDelivery
from integrations.services.receiving import Posted, receive_for_app, receive_for_integration

_BODIES = {"application/json": OpenApiTypes.OBJECT, "application/x-www-form-urlencoded": OpenApiTypes.OBJECT}


class GitHubAppWebhookView(PublicView):
    """Where the GitHub App of this installation delivers, signed with its webhook secret."""

    roles = {"post": ANYONE}
    outputs = {"post": ReceivedOutput}
    statuses = {"post": 202}
    refusals = {"post": (401,)}

    @extend_schema(request=_BODIES)
    def post(self, request: Request) -> Response:
        return self.reply({"state": receive_for_app(posted=_posted(request))})


class GitHubWebhookView(PublicView):
    """Where webhooks of repositories deliver: a URL for each integration, signed with its own secret."""

    roles = {"post": ANYONE}
    outputs = {"post": ReceivedOutput}
    statuses = {"post": 202}
    refusals = {"post": (401,)}

    @extend_schema(request=_BODIES)
    def post(self, request: Request, integration_id: UUID) -> Response:
        state = receive_for_integration(integration_id=integration_id, posted=_posted(request))
        return self.reply({"state": state})


def _posted(request: Request) -> Posted:
    return Posted(
        body=_body(request),
        content_type=request.headers.get("Content-Type", ""),
        delivery=request.headers.get("X-GitHub-Delivery", ""),
        event=request.headers.get("X-GitHub-Event", ""),
        signature=request.headers.get("X-Hub-Signature-256", ""),
    )


def _body(request: Request) -> bytes:
    """Return the raw body, before anything has parsed it."""
    largest = settings.GITHUB_WEBHOOK_MAX_BYTES
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if not (announced.isascii() and announced.isdigit()):
        raise BadDelivery("Content-Length is no number.")
    if len(announced) > len(str(largest)) or int(announced) > largest:
        raise RequestDataTooBig
    try:
        body: bytes = request.stream.read(largest + 1) if request.stream else b""
    except UnreadablePostError as error:
        raise BadDelivery("The body ended too early.") from error
    if len(body) > largest:
        raise RequestDataTooBig
    return body
