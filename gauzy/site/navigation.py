"""The sidebar: by task, not by table. Model admins and pages say where they belong."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from gauzy.site.roles import OPERATE_BUS, VIEW_BUS


class Task(StrEnum):
    """Groups of the sidebar, in this order."""

    OVERVIEW = ""
    TIME = "Time"
    PROJECTS = "Projects"
    PEOPLE = "People"
    ORGANIZATION = "Organization"
    INTEGRATIONS = "Integrations"
    ACTIVITY = "Activity"
    MESSAGES = "Messages"
    BUS = "Event bus"
    INSTALLATION = "Installation"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the sidebar. `page` is a URL name inside the admin; `permission` a Django permission that it needs."""

    task: Task
    title: str
    icon: str  # of Material Symbols
    page: str
    permission: str = ""
    rank: int = 1  # in its group, then in order of registration


PAGES = (
    Entry(Task.OVERVIEW, "Dashboard", "space_dashboard", "index"),
    Entry(Task.BUS, "Events", "bolt", "bus_events", VIEW_BUS),
    Entry(Task.BUS, "Live", "stream", "bus_live", VIEW_BUS),
    Entry(Task.BUS, "Dead deliveries", "heart_broken", "bus_dead", VIEW_BUS),
    Entry(Task.BUS, "Handlers", "account_tree", "bus_handlers", VIEW_BUS),
    Entry(Task.BUS, "Replay", "replay", "bus_replay", OPERATE_BUS),
)


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Return Unfold's navigation for the user of the request."""
    entries = [(entry, reverse(f"admin:{entry.page}")) for entry in sorted(_entries(request), key=_place)]
    here = max((link for _, link in entries if request.path.startswith(link)), key=len, default="")
    return [
        {
            "title": task.value,
            "items": [
                {"title": entry.title, "icon": entry.icon, "link": link, "active": link == here}
                for entry, link in entries
                if entry.task is task
            ],
        }
        for task in Task
    ]


def _entries(request: HttpRequest) -> Iterator[Entry]:
    yield from (entry for entry in PAGES if _may(request, entry))
    for model_admin in admins_in_order(request):
        yield from (entry for entry in model_admin.navigation if _may(request, entry))


def admins_in_order(request: HttpRequest) -> list[Any]:
    """Return the model admins whose models the user may view, as the sidebar has them."""
    visible = (model_admin for model_admin in admin.site._registry.values() if model_admin.has_view_permission(request))
    guarded = (model_admin for model_admin in visible if getattr(model_admin, "navigation", ()))
    return sorted(guarded, key=lambda model_admin: _place(model_admin.navigation[0]))


def _place(entry: Entry) -> tuple[int, int]:
    return list(Task).index(entry.task), entry.rank


def _may(request: Any, entry: Entry) -> bool:
    return not entry.permission or request.user.has_perm(entry.permission)
