from django.urls import path

from integrations.api.views import IntegrationViewSet, SyncRunViewSet

_ONE = "integrations/<uuid:integration_id>"

urlpatterns = [
    path("integrations", IntegrationViewSet.as_view({"get": "list", "post": "create"})),
    path(_ONE, IntegrationViewSet.as_view({"get": "retrieve", "patch": "partial_update"})),
    *(path(f"{_ONE}/{verb}", IntegrationViewSet.as_view({"post": verb})) for verb in ("pause", "resume", "remove")),
    path(f"{_ONE}/sync", IntegrationViewSet.as_view({"post": "sync"})),
    path("sync-runs", SyncRunViewSet.as_view({"get": "list"})),
    path("sync-runs/<uuid:run_id>", SyncRunViewSet.as_view({"get": "retrieve"})),
    path("sync-runs/<uuid:run_id>/conflicts", SyncRunViewSet.as_view({"get": "conflicts"})),
]
