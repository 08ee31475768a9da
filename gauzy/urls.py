"""Every route: each installed app's `api/urls.py` is served under /api/v1/, its `pages/urls.py` under /accounts/."""

from django.apps import apps
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.utils.module_loading import module_has_submodule
from django.views.generic import RedirectView

from gauzy.eventops.metrics import metrics
from gauzy.rest import fallback, health


def _routes(module: str) -> list[URLPattern | URLResolver]:
    having = [app for app in apps.get_app_configs() if app.module and module_has_submodule(app.module, module)]
    return [path("", include(f"{app.name}.{module}")) for app in having]


urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include(_routes("api.urls"))),
    re_path(r"^api/.*", fallback.api_not_found),
    path("accounts/", include(_routes("pages.urls"))),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("metrics", metrics, name="metrics"),
    path("admin/", admin.site.urls),
    path("", RedirectView.as_view(pattern_name="admin:index")),
    re_path(r"^.*", fallback.page_not_found),  # last: without it DEBUG would list every route to whoever mistypes one
]

handler400 = fallback.bad_request
handler403 = fallback.permission_denied
handler404 = fallback.not_found
handler500 = fallback.server_error
