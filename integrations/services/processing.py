"""What a delivery of GitHub means for us."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from gauzy import eventbus as bus
from gauzy.exceptions import DomainError
from integrations.choices import DeliveryState, EntityKind, IntegrationState
from integrations.models import GitHubDelivery, Integration
from integrations.providers.github import payloads
from integrations.providers.github.issues import Issue, read_issue
from integrations.selectors import get_link, links_of_repository
from integrations.services.connecting import set_state
from integrations.services.issues import lose_issue, move_issue, take_in_issue
from integrations.services.references import record_pull_request, record_push

_STATES = {
    "created": IntegrationState.ACTIVE,
    "unsuspend": IntegrationState.ACTIVE,
    "suspend": IntegrationState.SUSPENDED,
    "deleted": IntegrationState.REMOVED,
}


@transaction.atomic
def process_delivery(*, delivery_id: UUID) -> GitHubDelivery:
    """Do what the delivery says, once; a second call changes nothing. Raises `bus.Skip` for one that is forgotten."""
    delivery: GitHubDelivery | None = (
        GitHubDelivery.objects.select_for_update(of=("self",)).filter(pk=delivery_id).first()
    )
    if delivery is None:
        raise bus.Skip("the delivery was forgotten, as old ones are")
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


def _process_issue(delivery: GitHubDelivery, payload: Any) -> str:
    integration, repository = _integration_of(delivery), payloads.at(payload, "repository")
    issue = read_issue(payloads.at(payload, "issue"), repository)
    if issue is None or not integration.direction_of(EntityKind.TASK).takes_in:
        return "tasks do not come in" if issue else "it is about no issue"
    links = links_of_repository(integration.id, issue.repository_id, issue.repository)
    outcomes = [_judged(link.id, delivery.action, issue, payload) for link in links]
    return ", ".join(sorted(outcomes)) or "no project is linked with the repository"


def _judged(link_id: UUID, action: str, issue: Issue, payload: Any) -> str:
    """What one project refuses, as one that is archived does, keeps no other from being served."""
    try:
        with transaction.atomic():
            return _apply(link_id, action, issue, payload)
    except DomainError as refusal:
        return refusal.code


def _apply(link_id: UUID, action: str, issue: Issue, payload: Any) -> str:
    if action == "deleted":
        return lose_issue(link_id=link_id, issue_id=issue.id, updated_at=issue.updated_at)
    if action == "transferred":
        new_repository = payloads.at(payload, "changes", "new_repository")
        new = read_issue(payloads.at(payload, "changes", "new_issue"), new_repository)
        link = get_link(link_id)
        there = links_of_repository(link.integration_id, new.repository_id, new.repository) if new else None
        if new and there is not None and there.filter(project_id=link.project_id).exists():
            return move_issue(link_id=link_id, issue_id=issue.id, new=new)
        return lose_issue(link_id=link_id, issue_id=issue.id, updated_at=issue.updated_at)
    return take_in_issue(link_id=link_id, issue=issue)


def _process_pull_request(delivery: GitHubDelivery, payload: Any) -> str:
    return f"mentions {record_pull_request(_integration_of(delivery), payload)} tasks"


def _process_push(delivery: GitHubDelivery, payload: Any) -> str:
    return f"mentions {record_push(_integration_of(delivery), payload)} tasks"


def _integration_of(delivery: GitHubDelivery) -> Integration:
    """Those that are processed came to an integration; others are ignored."""
    integration: Integration = delivery.integration  # type: ignore[assignment]
    return integration


_PROCESSES: Mapping[str, Callable[[GitHubDelivery, Any], str]] = {
    "ping": _process_ping,
    "installation": _process_installation,
    "issues": _process_issue,
    "pull_request": _process_pull_request,
    "push": _process_push,
    "release": _process_release,
}
