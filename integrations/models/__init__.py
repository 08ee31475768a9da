from integrations.models.framework import ExternalId, Integration, SyncConflict, SyncRun
from integrations.models.github import GitHubDelivery
from integrations.models.webhooks import WebhookAttempt, WebhookEndpoint

__all__ = [
    "ExternalId",
    "GitHubDelivery",
    "Integration",
    "SyncConflict",
    "SyncRun",
    "WebhookAttempt",
    "WebhookEndpoint",
]
