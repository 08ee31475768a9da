"""Deliveries as GitHub makes them, over HTTP."""

import hashlib
import hmac
import json
from typing import Any
from uuid import uuid4

from rest_framework.test import APIClient

from integrations.models import Integration

SECRET = "a-secret-that-only-github-knows"
APP_URL = "/api/v1/github/app/webhook"
REPOSITORY_URL = "/api/v1/github/webhook"


def signature(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def post(url: str, body: bytes, *, event: str, content_type: str = "application/json", **headers: str) -> Any:
    """Deliver a body; `headers` replace GitHub's: `delivery`, `signature`."""
    sent = {"delivery": str(uuid4()), "signature": signature(body)} | headers
    return APIClient().generic(
        "POST",
        url,
        body,  # type: ignore[arg-type]  # its stubs know of text only
        content_type=content_type,
        headers={
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": sent["delivery"],
            "X-Hub-Signature-256": sent["signature"],
        },
    )


def url_of(integration: Integration) -> str:
    return f"{REPOSITORY_URL}/{integration.id}"


def deliver(integration: Integration, event: str, payload: Any, **headers: str) -> Any:
    """Deliver to the integration's own address; raise unless it is taken."""
    answer = post(url_of(integration), json.dumps(payload).encode(), event=event, **headers)
    assert answer.status_code == 202, answer.content
    return answer
