"""Look of the admin (django-unfold). Navigation and dashboard are built in `gauzy.site` from what is registered."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse

_INDIGO = {
    "50": "oklch(96.2% .018 272.314)",
    "100": "oklch(93% .034 272.788)",
    "200": "oklch(87% .065 274.039)",
    "300": "oklch(78.5% .115 274.713)",
    "400": "oklch(67.3% .182 276.935)",
    "500": "oklch(58.5% .233 277.117)",
    "600": "oklch(51.1% .262 276.966)",
    "700": "oklch(45.7% .24 277.023)",
    "800": "oklch(39.8% .195 277.366)",
    "900": "oklch(35.9% .144 278.697)",
    "950": "oklch(25.7% .09 281.288)",
}

FORMAT_MODULE_PATH = "gauzy.site.formats"

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Gauzy",
    "SITE_HEADER": "Gauzy",
    "SITE_SUBHEADER": "Work, driven by events",
    "SITE_SYMBOL": "hub",
    "SITE_URL": None,
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("gauzy_site/favicon.svg")}
    ],
    "STYLES": [lambda request: static("gauzy_site/site.css")],
    "COLORS": {"primary": _INDIGO},
    "SIDEBAR": {"navigation": "gauzy.site.navigation.sidebar"},
    "DASHBOARD_CALLBACK": "gauzy.site.dashboard.dashboard",
    "ACCOUNT": {"navigation": [{"title": "Choose a tenant", "link": lambda request: reverse("admin:choose")}]},
    "LOGIN": {"form": "gauzy.site.signing_in.SignInForm"},
    "SHOW_VIEW_ON_SITE": False,
}
