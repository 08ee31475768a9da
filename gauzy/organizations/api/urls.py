from django.urls import path

from gauzy.organizations.api.views import OrganizationSettingsView, OrganizationViewSet

urlpatterns = [
    path("organizations", OrganizationViewSet.as_view({"get": "list", "post": "create"})),
    path(
        "organizations/<uuid:organization_id>",
        OrganizationViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
    ),
    path("organizations/<uuid:organization_id>/settings", OrganizationSettingsView.as_view()),
]
