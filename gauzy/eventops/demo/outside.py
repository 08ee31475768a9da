"""The part of the story in which other systems hear of events and are heard."""

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from gauzy.eventops.demo.client import ApiClient, Unexpected
from gauzy.eventops.demo.subscriber import Subscriber

GITHUB_SECRET = "known-to-github-and-to-us"  # noqa: S105  of a made-up repository
PATIENCE = 60.0  # seconds


class Outside:
    """Speaks with the product as a subscriber and as GitHub would."""

    def __init__(self, api: ApiClient, subscriber: Subscriber, say: Callable[[str], None]) -> None:
        self._api, self._subscriber, self._say = api, subscriber, say

    def subscribe(self) -> None:
        """Ask to be told of everything, and see that a ping arrives."""
        endpoint = self._api.post("/webhook-endpoints", url=self._subscriber.url, events=["*"], description="Partner")
        self._subscriber.secret = endpoint["secret"]
        self._api.post(f"/webhook-endpoints/{endpoint['id']}/ping")
        self.expect("gauzy.integrations.webhook_pinged", endpoint["id"])
        self._say("  a partner's endpoint wants to hear of everything; a ping came, and its signature was genuine")

    def expect(self, type: str, subject: str) -> dict[str, Any]:
        """Return the CloudEvent of that type and subject when it has arrived, signed."""

        def matches(message: dict[str, Any]) -> bool:
            return bool(message["type"] == type and message.get("subject") == subject)

        if (message := self._subscriber.wait_for(matches, PATIENCE)) is None:
            raise Unexpected(f"No CloudEvent {type} about {subject} arrived.")
        if self._subscriber.forged:
            raise Unexpected("A message with a wrong signature arrived.")
        return message

    def deliver(self, integration_id: str, event: str, payload: Any, *, forged: bool = False) -> Any:
        """Deliver as GitHub does; a forged delivery must be refused."""
        body = json.dumps(payload).encode()
        key = b"guessed" if forged else GITHUB_SECRET.encode()
        headers = {
            "Content-Type": "application/json",
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": str(uuid4()),
            "X-Hub-Signature-256": "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest(),
        }
        url = f"/github/webhook/{integration_id}"
        return self._api.call("POST", url, content=body, headers=headers, expect=401 if forged else 202)

    def connect_github(self, organization_id: str) -> str:
        """Connect a repository's webhook; see that a forged delivery is refused and a genuine one taken."""
        secrets = {"webhook_secret": GITHUB_SECRET}
        integration = self._api.post(
            "/integrations", organization_id=organization_id, provider="github", name="Our GitHub", secrets=secrets
        )
        id: str = integration["id"]
        ping = {"zen": "Anything added dilutes everything else."}
        self.deliver(id, "ping", ping, forged=True)
        self.deliver(id, "ping", ping)
        self._say("  GitHub is connected; a forged delivery was refused with 401, a signed one accepted")
        return id
