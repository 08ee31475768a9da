"""Pages that read the bus."""

from collections import Counter
from typing import Any
from uuid import UUID

from django.views.generic import TemplateView

from gauzy.eventbus import catalogue
from gauzy.eventops import selectors
from gauzy.eventops.pace import failing_by_handler, p95_by_handler
from gauzy.eventops.payloads import payload_of
from gauzy.eventops.stats import handler_stats
from gauzy.eventops.trails import trails_of_event
from gauzy.site.bus.forms import DeadFilter, EventFilter
from gauzy.site.bus.presenting import (
    Pace,
    dead_groups,
    event_rows,
    handler_row,
    label_of,
    link_to_subject,
    names_of_subjects,
    trail_row,
    tree_rows,
)
from gauzy.site.bus.scope import EVERY_TENANT, BusView
from gauzy.site.roles import REPAIR_BUS, VIEW_BUS, VIEW_PERSONAL_DATA

EVENTS_A_PAGE = 50
DEAD_A_PAGE = 100
CAUSED_SHOWN = 50
DEAD_COUNTED = 1_000


class BusPage(BusView, TemplateView):
    permission = VIEW_BUS
    title = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **self.site.each_context(self.request),
            title=self.title,
            everywhere=self.tenant_id is None,
            every_tenant=EVERY_TENANT,
            may_repair=self.request.user.has_perm(REPAIR_BUS),
            **kwargs,
        )


class EventsPage(BusPage):
    """Newest first; pages by id, so that no page costs more than the first."""

    template_name = "gauzy_site/bus/events.html"
    title = "Events"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = EventFilter(self.request.GET)
        found = self._find(form) if form.is_valid() else []
        page, older = found[:EVENTS_A_PAGE], found[EVENTS_A_PAGE:]
        return super().get_context_data(
            form=form,
            rows=event_rows(page),
            older=self._link_to_older(page[-1].id) if older else "",
            first_page="before" not in self.request.GET,
            **kwargs,
        )

    def _find(self, form: EventFilter) -> list[Any]:
        events = selectors.events(self.tenant_id, **form.filters())
        if before := form.cleaned_data["before"]:
            events = events.filter(id__lt=before)
        return list(events.order_by("-id")[: EVENTS_A_PAGE + 1])

    def _link_to_older(self, before: UUID) -> str:
        query = self.request.GET.copy()
        query["before"] = str(before)
        return f"?{query.urlencode()}"


class EventPage(BusPage):
    """One event: what it says, who caused it, what each handler did with it, what that caused."""

    template_name = "gauzy_site/bus/event.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        event = selectors.get_event(kwargs["event_id"], tenant_id=self.tenant_id)
        event_type = catalogue.find_event(event.name)
        personal = self.request.user.has_perm(VIEW_PERSONAL_DATA)
        payload = payload_of(event, personal=personal)
        has_changes = isinstance(payload.get("changes"), list)  # or they are masked as a whole
        self.title = label_of(event.name)
        return super().get_context_data(
            event=event,
            meaning=(event_type.cls.__doc__ or "").partition("\n")[0] if event_type else "",
            changes=payload.pop("changes") if has_changes else [],
            payload=payload,
            subject_link=link_to_subject(event),
            subject_name=names_of_subjects([event], personal=personal).get((event.subject_type, event.subject_id), ""),
            trails=[trail_row(trail) for trail in trails_of_event(event)],
            tree=tree_rows(selectors.lineage(event, tenant_id=self.tenant_id), event.id),
            about=event_rows(self._visible(selectors.about(event))),
            **kwargs,
        )

    def _visible(self, events: Any) -> list[Any]:
        scoped = events.filter(tenant_id=self.tenant_id) if self.tenant_id else events
        return list(scoped[: CAUSED_SHOWN + 1])


class DeadPage(BusPage):
    """What was given up, grouped by what it died of, to retry or discard one by one or together."""

    template_name = "gauzy_site/bus/dead.html"
    title = "Dead deliveries"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = DeadFilter(self.request.GET)
        found: list[Any] = []
        if form.is_valid():
            dead = selectors.dead_deliveries(self.tenant_id, **form.filters()).order_by("-dead_at")
            found = selectors.with_events(dead[: DEAD_A_PAGE + 1])
        groups = dead_groups(found[:DEAD_A_PAGE])
        return super().get_context_data(
            form=form, groups=groups, shown=DEAD_A_PAGE, more=len(found) > DEAD_A_PAGE, **kwargs
        )


class HandlersPage(BusPage):
    """Who reacts to what; figures over all tenants for superusers, the tenant's own dead deliveries for others."""

    template_name = "gauzy_site/bus/handlers.html"
    title = "Handlers"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sees_all = self.request.user.is_superuser
        stats = {row.handler: row for row in handler_stats()} if sees_all else {}
        p95 = p95_by_handler() if sees_all else {}
        failing = failing_by_handler() if sees_all else Counter()
        newest_dead = selectors.dead_deliveries(self.tenant_id).order_by("-dead_at")
        dead = Counter(newest_dead.values_list("handler", flat=True)[:DEAD_COUNTED])
        return super().get_context_data(
            rows=[
                handler_row(
                    handler, stats.get(handler.id), Pace(p95.get(handler.id), failing[handler.id]), dead[handler.id]
                )
                for handler in catalogue.handlers
            ],
            gone=[row for row in stats.values() if not row.connected],
            **kwargs,
        )
