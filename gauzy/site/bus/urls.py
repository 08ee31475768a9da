from django.urls import URLPattern, path
from django.views.generic import View

from gauzy.site.bus import edit_views, live, repair_views, replay_views, views
from gauzy.site.unfolded import AdminSite


def bus_urls(site: AdminSite) -> list[URLPattern]:
    """Return the routes of the bus's pages inside the admin site."""

    def page(route: str, view: type[View], name: str) -> URLPattern:
        return path(route, site.admin_view(view.as_view(site=site)), name=name)

    return [
        page("events/", views.EventsPage, "bus_events"),
        page("events/dead/", views.DeadPage, "bus_dead"),
        page("events/dead/retry/", repair_views.RetrySelected, "bus_retry_selected"),
        page("events/dead/discard/", repair_views.DiscardSelected, "bus_discard_selected"),
        page("events/live/", live.LivePage, "bus_live"),
        page("events/live/stream/", live.LiveStream, "bus_live_stream"),
        page("events/handlers/", views.HandlersPage, "bus_handlers"),
        page("events/handlers/pause/", replay_views.Pause, "bus_pause"),
        page("events/handlers/resume/", replay_views.Resume, "bus_resume"),
        page("events/replay/", replay_views.ReplayPage, "bus_replay"),
        page("events/replay/<uuid:replay_id>/", replay_views.ReplayProgress, "bus_replay_progress"),
        page("events/replay/<uuid:replay_id>/advance/", replay_views.AdvanceReplay, "bus_replay_advance"),
        page("events/<uuid:event_id>/", views.EventPage, "bus_event"),
        page("events/<uuid:event_id>/retry/", repair_views.Retry, "bus_retry"),
        page("events/<uuid:event_id>/edit/", edit_views.EditPage, "bus_edit"),
        page("events/<uuid:event_id>/skip/", repair_views.Skip, "bus_skip"),
    ]
