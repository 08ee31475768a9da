"""Telling a webhook endpoint of an event: called by external handlers, once per attempt."""

import time
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from gauzy import eventbus as bus
from gauzy.eventbus import Metadata
from gauzy.eventops.selectors import get_event
from integrations import crypto
from integrations.choices import EndpointState
from integrations.events import WebhookEndpointDisabledEvent
from integrations.exceptions import NotDelivered
from integrations.models import WebhookAttempt, WebhookEndpoint
from integrations.outbound.cloudevents import CONTENT_TYPE, Stored, encode
from integrations.outbound.signatures import signed_headers
from integrations.outbound.transport import Answer, post
from integrations.selectors import get_endpoint
from integrations.services.endpoints import lock_endpoint

# Waits before further attempts, in seconds: ten attempts over some 25 hours.
LADDER = (5, 60, 5 * 60, 30 * 60, 2 * 3600, 4 * 3600, 6 * 3600, 6 * 3600, 6 * 3600)
DISABLED_AFTER = timedelta(days=5)  # of nothing but failures, and at least
DISABLED_AFTER_FAILURES = 20
_GONE = 410
_LONGEST_WAIT = 6 * 3600.0


def tell(*, endpoint_id: UUID, event_id: UUID, meta: Metadata) -> None:
    """Send an event to an endpoint, as a handler's last act: it ends with the delivery's receipt.

    Every attempt is on record with what was answered. Raises `bus.Skip` for an endpoint that is not active any more,
    `bus.Retry` if it asks for time, `bus.Permanent` if it is gone, `NotDelivered` for what a later attempt may mend.
    """
    endpoint = get_endpoint(endpoint_id)
    if endpoint.state != EndpointState.ACTIVE:
        raise bus.Skip(f"the endpoint is {endpoint.state}")
    event, started = get_event(event_id, tenant_id=endpoint.tenant_id), time.monotonic()
    try:
        answer = _send(endpoint, event)
    except NotDelivered as failure:
        _note_failure(_attempt(endpoint, event, meta, started, failure=failure), failure)
        _decide(failure)
        raise
    with meta.completing():
        _note_success(_attempt(endpoint, event, meta, started, answer=answer))


def _send(endpoint: WebhookEndpoint, event: Stored) -> Answer:
    body, secrets = encode(event), crypto.unseal(endpoint.sealed)
    overlapping = endpoint.previous_until and endpoint.previous_until > timezone.now()
    keys = [secrets["current"], *([secrets["previous"]] if overlapping else [])]
    headers = {
        "content-type": CONTENT_TYPE,
        "user-agent": "Gauzy-Webhooks/1",
        **signed_headers(keys, message_id=str(event.id), timestamp=int(time.time()), body=body),
    }
    answer = post(
        endpoint.url,
        headers=headers,
        body=body,
        timeout=settings.WEBHOOK_TIMEOUT,
        allowed=settings.WEBHOOK_ALLOWED_HOSTS,
    )
    if not answer.accepted:
        reason = f"The endpoint answered {answer.status}."
        raise NotDelivered(reason, status=answer.status, excerpt=answer.excerpt, after=answer.wait)
    return answer


def _decide(failure: NotDelivered) -> None:
    """Raise what the answer asks for, if it asks for anything."""
    if failure.status == _GONE:
        raise bus.Permanent("The endpoint says that it is gone for good.") from failure
    if failure.after:
        raise bus.Retry(after=min(failure.after, _LONGEST_WAIT), reason=str(failure)) from failure


def _attempt(
    endpoint: WebhookEndpoint,
    event: Stored,
    meta: Metadata,
    started: float,
    *,
    answer: Answer | None = None,
    failure: NotDelivered | None = None,
) -> WebhookAttempt:
    return WebhookAttempt(
        endpoint=endpoint,
        event_id=event.id,
        event_name=event.name,
        attempt=meta.attempt,
        delivered=answer is not None,
        status=answer.status if answer else failure.status if failure else None,
        error=str(failure)[:300] if failure else "",
        answer=answer.excerpt if answer else failure.excerpt if failure else "",
        duration_ms=round((time.monotonic() - started) * 1000),
    )


def _note_success(attempt: WebhookAttempt) -> None:
    attempt.save(force_insert=True)
    failing = WebhookEndpoint.objects.filter(pk=attempt.endpoint_id, failures__gt=0)
    failing.update(failures=0, failing_since=None)


@transaction.atomic(durable=True)
def _note_failure(attempt: WebhookAttempt, failure: NotDelivered) -> None:
    attempt.save(force_insert=True)
    endpoint, now = lock_endpoint(attempt.endpoint_id), timezone.now()
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    hopeless = endpoint.failures >= DISABLED_AFTER_FAILURES and now - endpoint.failing_since >= DISABLED_AFTER
    if endpoint.state == EndpointState.ACTIVE and (hopeless or failure.status == _GONE):
        endpoint.state = EndpointState.DISABLED
        endpoint.state_reason = f"It failed {endpoint.failures} times in a row; the last time: {failure}"[:300]
        bus.publish(WebhookEndpointDisabledEvent(webhook_endpoint_id=endpoint.id, reason=endpoint.state_reason))
    endpoint.save(update_fields=["failures", "failing_since", "state", "state_reason", "updated_at"])
