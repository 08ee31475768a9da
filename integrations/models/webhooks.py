"""Whom a tenant wants to be told of events, and what came of it."""

from django.db import models

from gauzy.eventbus.ids import uuid7
from gauzy.tenancy.models import TenantModel
from integrations.choices import EndpointState


class WebhookEndpoint(TenantModel):
    """An address that is told of events. `events` holds patterns: a type, `app.*` or `*`.

    `sealed` holds the signing secret, and the one before it until `previous_until`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    url = models.CharField(max_length=500)
    description = models.CharField(max_length=200, blank=True)
    events = models.JSONField(default=list)
    state = models.CharField(max_length=20, choices=EndpointState, default=EndpointState.ACTIVE)
    state_reason = models.CharField(max_length=300, blank=True, editable=False)
    sealed = models.TextField(editable=False)
    previous_until = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False, help_text="In a row.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["tenant", "state"], name="integrations_endpoints")]

    def __str__(self) -> str:
        return self.description or self.url


class WebhookAttempt(TenantModel):
    """One try to tell an endpoint of an event, and what it answered."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.PROTECT, related_name="+", db_index=False)
    event_id = models.UUIDField()
    event_name = models.CharField(max_length=100)
    attempt = models.PositiveIntegerField()
    delivered = models.BooleanField()
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=300, blank=True)
    answer = models.TextField(blank=True)
    duration_ms = models.PositiveIntegerField()
    attempted_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["endpoint", "-id"], name="integrations_newest_attempts"),
            models.Index(fields=["event_id"], name="integrations_attempt_event"),
        ]

    def __str__(self) -> str:
        return f"{self.event_name} at {self.attempted_at:%Y-%m-%d %H:%M:%S}"
