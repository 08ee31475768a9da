from django.urls import path

from integrations.api.github_installations import GitHubInstallationViewSet
from integrations.api.github_links import RepositoryLinkViewSet, TaskReferenceViewSet
from integrations.api.github_views import GitHubAppWebhookView, GitHubWebhookView
from integrations.api.upwork_transactions import UpworkTransactionViewSet
from integrations.api.upwork_views import UpworkConnectionViewSet, UpworkContractViewSet
from integrations.api.views import GitHubDeliveryViewSet, IntegrationViewSet, SyncRunViewSet
from integrations.api.webhook_views import WebhookEndpointViewSet, WebhookEventTypesView

_ENDPOINT = "webhook-endpoints/<uuid:endpoint_id>"
_ONE = "integrations/<uuid:integration_id>"

urlpatterns = [
    path("integrations", IntegrationViewSet.as_view({"get": "list", "post": "create"})),
    path(_ONE, IntegrationViewSet.as_view({"get": "retrieve", "patch": "partial_update"})),
    *(path(f"{_ONE}/{verb}", IntegrationViewSet.as_view({"post": verb})) for verb in ("pause", "resume", "remove")),
    path(f"{_ONE}/sync", IntegrationViewSet.as_view({"post": "sync"})),
    *(path(f"{_ONE}/upwork/{verb}", UpworkConnectionViewSet.as_view({"post": verb})) for verb in ("start", "finish")),
    path("sync-runs", SyncRunViewSet.as_view({"get": "list"})),
    path("sync-runs/<uuid:run_id>", SyncRunViewSet.as_view({"get": "retrieve"})),
    path("sync-runs/<uuid:run_id>/conflicts", SyncRunViewSet.as_view({"get": "conflicts"})),
    path("github/installations", GitHubInstallationViewSet.as_view({"post": "create"})),
    path("github/installations/start", GitHubInstallationViewSet.as_view({"post": "start"})),
    path("github/app/webhook", GitHubAppWebhookView.as_view()),
    path("github/webhook/<uuid:integration_id>", GitHubWebhookView.as_view()),
    path("github-deliveries", GitHubDeliveryViewSet.as_view({"get": "list"})),
    path("github/repository-links", RepositoryLinkViewSet.as_view({"get": "list", "post": "create"})),
    path(
        "github/repository-links/<uuid:link_id>",
        RepositoryLinkViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
    ),
    path("task-references", TaskReferenceViewSet.as_view({"get": "list"})),
    path(f"{_ONE}/upwork/transactions", UpworkTransactionViewSet.as_view({"post": "upload"})),
    path("upwork/transactions", UpworkTransactionViewSet.as_view({"get": "list"})),
    path("upwork/contracts", UpworkContractViewSet.as_view({"get": "list"})),
    path("upwork/contracts/<uuid:contract_id>", UpworkContractViewSet.as_view({"patch": "partial_update"})),
    path("webhook-endpoints", WebhookEndpointViewSet.as_view({"get": "list", "post": "create"})),
    path(_ENDPOINT, WebhookEndpointViewSet.as_view({"get": "retrieve", "patch": "partial_update"})),
    *(
        path(f"{_ENDPOINT}/{verb}", WebhookEndpointViewSet.as_view({"post": verb.replace("-", "_")}))
        for verb in ("pause", "resume", "remove", "rotate-secret", "ping", "replay")
    ),
    path(f"{_ENDPOINT}/attempts", WebhookEndpointViewSet.as_view({"get": "attempts"})),
    path("webhook-event-types", WebhookEventTypesView.as_view()),
]
