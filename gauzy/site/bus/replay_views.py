"""Running history again, for superusers: choose, try, begin, watch. Steps are POSTs; a closed page loses nothing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from gauzy.eventops import selectors
from gauzy.eventops.exceptions import UnknownReplay
from gauzy.eventops.models import Replay
from gauzy.eventops.services import advance_replay, pause, replaying, resume, start_replay
from gauzy.exceptions import DomainError
from gauzy.site.bus.forms import RATES, ReplayForm
from gauzy.site.bus.repair_views import Repair
from gauzy.site.bus.views import BusPage
from gauzy.site.forms import show_refusal

SHOWN = 10  # replays
LARGEST_COUNT = 100_000


class ForOperators:
    """Handlers are everybody's: what concerns all tenants is for superusers."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)  # type: ignore[misc]  # a mixin of views
        if not request.user.is_superuser:
            raise PermissionDenied("This concerns every tenant.")


class ReplayPage(ForOperators, BusPage):
    """Chooses a handler and a time. "Try" counts what would be owed; "begin" takes what was tried."""

    template_name = "gauzy_site/bus/replay.html"
    title = "Replay"
    found: int | None = None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", ReplayForm(initial=self.request.GET.dict()))
        newest = Replay.objects.order_by("-started_at")[:SHOWN]
        shown = {"found": self.found, "found_words": _words(self.found or 0), "replays": newest}
        return super().get_context_data(**shown, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ReplayForm(request.POST)
        if form.is_valid():
            chosen = form.chosen() | {"tenant_id": self.tenant_id}
            try:
                if "begin" in request.POST:
                    return _watched(start_replay(**chosen), form.pace)
                self.found = _count(**chosen)
            except DomainError as refusal:
                show_refusal(form, refusal)
        return self.render_to_response(self.get_context_data(form=form))


class ReplayProgress(ForOperators, BusPage):
    template_name = "gauzy_site/bus/replay_progress.html"
    title = "Replay"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        replay = Replay.objects.filter(id=kwargs["replay_id"]).first()
        if replay is None:
            raise Http404(UnknownReplay.message)
        rate = _rate(self.request)
        return super().get_context_data(replay=replay, percent=percent_of(replay), rate=rate, **kwargs)


class AdvanceReplay(ForOperators, Repair):
    """Makes the next events owed, and tells how far it is."""

    def post(self, request: HttpRequest, replay_id: UUID) -> HttpResponse:
        rate = _rate(request)
        limit = min(rate, replaying.CHUNK) if rate else replaying.CHUNK
        replay = advance_replay(replay_id, limit=limit)
        told = {"percent": percent_of(replay), "owed": replay.made_owed, "finished": bool(replay.finished_at)}
        return JsonResponse(told | {"wait_ms": 1000 * limit // rate if rate else 0})


class Pause(ForOperators, Repair):
    def post(self, request: HttpRequest) -> HttpResponse:
        name = request.POST.get("handler", "")
        try:
            pause(name=name, reason=request.POST.get("reason", ""))
        except DomainError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, f"{name} rests: what it is owed waits until somebody resumes it.")
        return redirect("admin:bus_handlers")


class Resume(ForOperators, Repair):
    def post(self, request: HttpRequest) -> HttpResponse:
        name = request.POST.get("handler", "")
        try:
            resume(name=name)
        except DomainError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, f"{name} goes on within seconds.")
        return redirect("admin:bus_handlers")


def percent_of(replay: Replay) -> int:
    """Return how much of the chosen time lies behind: an event's id begins with its milliseconds."""
    if replay.finished_at:
        return 100
    if replay.cursor is None:
        return 0
    oldest = selectors.oldest_event_at() or replay.since
    since, until = max(replay.since, oldest), min(replay.until, replay.started_at)
    reached = (replay.cursor.int >> 80) / 1000 - since.timestamp()
    whole = max(until.timestamp() - since.timestamp(), 0.001)
    return max(0, min(99, int(100 * reached / whole)))


def _watched(replay: Replay, rate: int) -> HttpResponse:
    page = reverse("admin:bus_replay_progress", args=(replay.id,))
    return redirect(f"{page}?rate={rate}" if rate else page)


def _rate(request: HttpRequest) -> int:
    """Return how many events a second may be owed again; 0: as fast as it goes."""
    wanted = request.GET.get("rate", "")
    return int(wanted) if wanted in {str(rate) for rate, _ in RATES} else 0


def _words(found: int) -> str:
    many = "more than " if found > LARGEST_COUNT else ""
    return f"{many}{min(found, LARGEST_COUNT):,} event{'' if found == 1 else 's'}"


def _count(*, handler: str, **chosen: Any) -> int:
    known = replaying.handler_of(handler)
    replaying.refuse_unreplayable(known, force=False, **chosen)
    return int(replaying.to_replay(known, **chosen)[: LARGEST_COUNT + 1].count())
