from collections.abc import Mapping
from typing import Any, TypedDict
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from gauzy import context
from gauzy.eventops import selectors, services
from gauzy.eventops.api.paging import DeliveryPagination, FeedPagination
from gauzy.eventops.api.serializers import (
    DeliveryOutput,
    DeliveryQuery,
    EditInput,
    EventDetailOutput,
    EventOutput,
    EventQuery,
    RepairInput,
    SkipInput,
    TrailOutput,
)
from gauzy.eventops.choices import DeliveryState
from gauzy.eventops.trails import Trail, trails_of_event
from gauzy.rest.views import ViewSet
from gauzy.tenancy.roles import ADMINS

_CAUSED = 100  # events shown with the one that caused them


class EventViewSet(ViewSet):
    """The tenant's events: newest first, or as a feed with `after`."""

    roles = {"list": ADMINS, "retrieve": ADMINS}
    queries = {"list": EventQuery}
    outputs = {"list": EventOutput, "retrieve": EventDetailOutput}
    pagination_class = FeedPagination

    def list(self, request: Request) -> Response:
        filters: Any = {name: value for name, value in self.query.items() if name != "after"}
        return self.page(selectors.events(context.tenant_id(), **filters))

    def retrieve(self, request: Request, event_id: UUID) -> Response:
        """Who published it, what each handler did with it, and what it caused."""
        event: Any = selectors.get_event(event_id, tenant_id=context.tenant_id())
        event.deliveries, event.caused = trails_of_event(event), selectors.caused_by(event)[:_CAUSED]
        return self.reply(event)


class DeliveryViewSet(ViewSet):
    """What handlers are owed of the tenant's events, and repair of what is dead."""

    roles = {"list": ADMINS, "retry": ADMINS, "skip": ADMINS, "edit": ADMINS}
    queries = {"list": DeliveryQuery}
    inputs = {"retry": RepairInput, "skip": SkipInput, "edit": EditInput}
    outputs = {"list": DeliveryOutput, "retry": TrailOutput, "skip": TrailOutput, "edit": TrailOutput}
    pagination_class = DeliveryPagination

    def list(self, request: Request) -> Response:
        filters = self.query
        state = DeliveryState(filters.pop("state"))
        return self.page(selectors.deliveries_in(state, context.tenant_id(), **filters))

    def retry(self, request: Request, event_id: UUID, handler: str) -> Response:
        """Make a dead delivery due again. Its failures stay on record."""
        one = _named(event_id, handler, self.read())
        services.retry_delivery(**one, only_dead=True)
        return self.reply(_trail(one))

    def skip(self, request: Request, event_id: UUID, handler: str) -> Response:
        """Decide that the handler shall not have the event."""
        given = self.read()
        one = _named(event_id, handler, given)
        services.skip_delivery(**one, reason=given["reason"], only_dead=True)
        return self.reply(_trail(one))

    def edit(self, request: Request, event_id: UUID, handler: str) -> Response:
        """Have the handler read other values than the event's, which stays as it was published; due at once."""
        given = self.read()
        one = _named(event_id, handler, given)
        services.edit_delivery(**one, fields=given["values"])
        return self.reply(_trail(one))


class _Named(TypedDict):
    """A delivery of the tenant's, as the services name it."""

    event_id: UUID
    handler: str
    target: str
    tenant_id: UUID


def _named(event_id: UUID, handler: str, given: Mapping[str, Any]) -> _Named:
    return {"event_id": event_id, "handler": handler, "target": given["target"], "tenant_id": context.tenant_id()}


def _trail(one: _Named) -> Trail:
    """Return what became of it: of a replayed one, in its newest generation."""
    event = selectors.get_event(one["event_id"], tenant_id=one["tenant_id"])
    trails = [trail for trail in trails_of_event(event, one["handler"]) if trail.target == one["target"]]
    return max(trails, key=lambda trail: trail.generation)
