from integrations.models.framework import ExternalId, Integration, SyncConflict, SyncRun
from integrations.models.github import GitHubDelivery, RepositoryLink, TaskReference
from integrations.models.upwork import UpworkContract, UpworkTransaction
from integrations.models.webhooks import WebhookAttempt, WebhookEndpoint

__all__ = [
    "ExternalId",
    "GitHubDelivery",
    "Integration",
    "RepositoryLink",
    "SyncConflict",
    "SyncRun",
    "TaskReference",
    "UpworkContract",
    "UpworkTransaction",
    "WebhookAttempt",
    "WebhookEndpoint",
]
