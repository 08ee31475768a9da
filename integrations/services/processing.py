"""What a delivery of GitHub means for us."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from integrations.choices import DeliveryState, IntegrationState
from integrations.models import GitHubDelivery
from integrations.providers.github import payloads
from integrations.services.connecting import set_state

_STATES = {
    "created": IntegrationState.ACTIVE,
    "unsuspend": IntegrationState.ACTIVE,
    "suspend": IntegrationState.SUSPENDED,
    "deleted": IntegrationState.REMOVED,
}


@transaction.atomic
def process_delivery(*, delivery_id: UUID) -> GitHubDelivery:
    """Do what the delivery says, once; a second call changes nothing."""
    delivery: GitHubDelivery = GitHubDelivery.objects.select_for_update(of=("self",)).get(pk=delivery_id)
    if delivery.state == DeliveryState.ACCEPTED:
        payload = payloads.read(bytes(delivery.body), delivery.content_type)
        delivery.note = _PROCESSES[delivery.event](delivery, payload)[:300]
        delivery.state = DeliveryState.PROCESSED
        delivery.save(update_fields=["state", "note"])
    return delivery


def _process_ping(delivery: GitHubDelivery, payload: Any) -> str:
    return payloads.text_at(payload, "zen")


def _process_installation(delivery: GitHubDelivery, payload: Any) -> str:
    state = _STATES.get(delivery.action)
    if state is None or delivery.integration_id is None:
        return "nothing to do"
    set_state(integration_id=delivery.integration_id, state=state)
    return f"the integration is {state}"


def _process_release(delivery: GitHubDelivery, payload: Any) -> str:
    return f"release {payloads.text_at(payload, 'release', 'tag_name')} {delivery.action}"


_PROCESSES: Mapping[str, Callable[[GitHubDelivery, Any], str]] = {
    "ping": _process_ping,
    "installation": _process_installation,
    "release": _process_release,
}
