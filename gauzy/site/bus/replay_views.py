"""Running history again, for superusers: choose, try, begin, watch. Steps are POSTs; a closed page loses nothing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from gauzy.eventops.exceptions import UnknownReplay
from gauzy.eventops.models import Replay
from gauzy.eventops.services import advance_replay, pause, replaying, resume, start_replay
from gauzy.exceptions import DomainError
from gauzy.site.bus.forms import ReplayForm
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
    """Chooses a handler and a time; "try" counts what "begin" would make owed."""

    template_name = "gauzy_site/bus/replay.html"
    title = "Replay"
    found: int | None = None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", ReplayForm(initial=self.request.GET.dict()))
        newest = Replay.objects.order_by("-started_at")[:SHOWN]
        return super().get_context_data(found=self.found, replays=newest, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ReplayForm(request.POST)
        if form.is_valid():
            chosen = form.cleaned_data | {"tenant_id": self.tenant_id}
            try:
                if "begin" in request.POST:
                    return redirect("admin:bus_replay_progress", start_replay(**chosen).id)
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
        return super().get_context_data(replay=replay, percent=percent_of(replay), **kwargs)


class AdvanceReplay(ForOperators, Repair):
    """Makes the next events owed, and tells how far it is."""

    def post(self, request: HttpRequest, replay_id: UUID) -> HttpResponse:
        replay = advance_replay(replay_id)
        told = {"percent": percent_of(replay), "owed": replay.made_owed, "finished": bool(replay.finished_at)}
        return JsonResponse(told)


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
    reached = (replay.cursor.int >> 80) / 1000 - replay.since.timestamp()
    whole = replay.until.timestamp() - replay.since.timestamp()
    return max(0, min(99, int(100 * reached / whole)))


def _count(*, handler: str, **chosen: Any) -> int:
    known = replaying.handler_of(handler)
    replaying.refuse_unreplayable(known, force=False, **chosen)
    return int(replaying.to_replay(known, **chosen)[:LARGEST_COUNT].count())
