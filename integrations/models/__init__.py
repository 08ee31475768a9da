from integrations.models.framework import ExternalId, Integration, SyncConflict, SyncRun
from integrations.models.webhooks import WebhookAttempt, WebhookEndpoint

__all__ = ["ExternalId", "Integration", "SyncConflict", "SyncRun", "WebhookAttempt", "WebhookEndpoint"]
