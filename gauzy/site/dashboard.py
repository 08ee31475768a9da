"""The first page: a card for each figure worth a glance, a panel for what is better drawn."""

from typing import Any

from django.http import HttpRequest

from gauzy import context
from gauzy.site.bus.cards import bus_cards, bus_panels
from gauzy.site.navigation import admins_in_order


def dashboard(request: HttpRequest, page: dict[str, Any]) -> dict[str, Any]:
    """Add cards and panels to the index (Unfold's DASHBOARD_CALLBACK)."""
    if context.tenant_id_or_none() is None:
        return page
    admins = admins_in_order(request)
    return page | {
        "cards": [card for model_admin in admins for card in model_admin.cards(request)] + bus_cards(request),
        "panels": [*bus_panels(request), *(panel for model_admin in admins for panel in model_admin.panels(request))],
    }
