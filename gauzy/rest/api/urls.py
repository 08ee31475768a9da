"""What the API tells about itself."""

from django.urls import path
from django.views.decorators.cache import cache_page
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

KEPT = 300  # seconds; building the document takes about one

urlpatterns = [
    path("openapi.json", cache_page(KEPT)(SpectacularJSONAPIView.as_view()), name="openapi"),
    path("docs", SpectacularSwaggerSplitView.as_view(url_name="openapi"), name="api-docs"),
]
