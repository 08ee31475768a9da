"""Integrations in the admin; importing this registers them."""

from integrations.admin.framework import IntegrationAdmin, SyncRunAdmin
from integrations.admin.github import GitHubDeliveryAdmin, RepositoryLinkAdmin
from integrations.admin.upwork import UpworkContractAdmin, UpworkTransactionAdmin
from integrations.admin.webhooks import WebhookAttemptAdmin, WebhookEndpointAdmin

__all__ = [
    "GitHubDeliveryAdmin",
    "IntegrationAdmin",
    "RepositoryLinkAdmin",
    "SyncRunAdmin",
    "UpworkContractAdmin",
    "UpworkTransactionAdmin",
    "WebhookAttemptAdmin",
    "WebhookEndpointAdmin",
]
