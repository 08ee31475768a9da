"""Integrations in the admin; importing this registers them."""

from integrations.admin.framework import IntegrationAdmin, SyncRunAdmin
from integrations.admin.webhooks import WebhookAttemptAdmin, WebhookEndpointAdmin

__all__ = ["IntegrationAdmin", "SyncRunAdmin", "WebhookAttemptAdmin", "WebhookEndpointAdmin"]
