"""What happens now, as server-sent events."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from gauzy.eventops import feed, selectors
from gauzy.eventops.exceptions import InvalidFeedCursor
from gauzy.eventops.feed import NOW, FeedCursor
from gauzy.site.bus.forms import LiveFilter
from gauzy.site.bus.presenting import label_of, link_to_event, names_of_subjects
from gauzy.site.bus.scope import BusView
from gauzy.site.bus.views import BusPage
from gauzy.site.roles import VIEW_BUS, VIEW_PERSONAL_DATA

LIFETIME = 30  # seconds; the browser comes back with the cursor, so that no stream holds up a stopping server for long
PAUSE = 1.0  # seconds between looks
AT_ONCE = 100  # events

Look = Callable[[FeedCursor], tuple[str, FeedCursor]]


class LivePage(BusPage):
    template_name = "gauzy_site/bus/live.html"
    title = "Live"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(form=LiveFilter(self.request.GET), query=self.request.GET.urlencode(), **kwargs)


class LiveStream(BusView):
    """Events from now on, or from behind the cursor that a returning browser names."""

    permission = VIEW_BUS

    def get(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        form = LiveFilter(request.GET)
        events = selectors.events(self.tenant_id, **(form.filters() if form.is_valid() else {}))
        try:
            after = feed.cursor(request.headers.get("Last-Event-ID") or NOW)
        except InvalidFeedCursor:
            after = feed.cursor(NOW)
        # A WSGI server has a thread for each stream at most: it answers with what there is, and the browser asks again.
        personal = request.user.has_perm(VIEW_PERSONAL_DATA)
        look = partial(_page, events, personal)
        lines = _followed(look, after) if isinstance(request, ASGIRequest) else [look(after)[0]]
        headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        return StreamingHttpResponse(lines, content_type="text/event-stream", headers=headers)


async def _followed(look: Look, after: FeedCursor) -> AsyncIterator[str]:
    ends = time.monotonic() + LIFETIME
    while time.monotonic() < ends:
        text, after = await sync_to_async(look)(after)
        yield text
        await asyncio.sleep(PAUSE)


def _page(events: Any, personal: bool, after: FeedCursor) -> tuple[str, FeedCursor]:
    """Return what happened since, as text of the stream; it ends with the cursor, also when nothing did."""
    page = feed.read(events, after, limit=AT_ONCE)
    return "".join([*_messages(page.events, personal), f"retry: 1000\nid: {page.next}\n\n"]), page.next


def _messages(events: Any, personal: bool) -> Iterator[str]:
    names = names_of_subjects(events, personal=personal)
    for event in events:
        name = names.get((event.subject_type, event.subject_id), f"…{event.subject_id[-8:]}")
        told = {
            "label": label_of(event.name),
            "name": event.name,
            "by": event.actor_label,
            "at": f"{event.occurred_at:%Y-%m-%d %H:%M:%S}",
            "about": f"{event.subject_type} {name}" if event.subject_id else "",
            "url": link_to_event(event.id),
        }
        yield f"event: happened\ndata: {json.dumps(told)}\n\n"
