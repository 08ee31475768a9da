"""What changes deliveries. POST only; eventops' services decide and publish what was done."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from gauzy.eventops import services
from gauzy.exceptions import DomainError
from gauzy.site.bus.presenting import link_to_event
from gauzy.site.bus.scope import BusView
from gauzy.site.roles import REPAIR_BUS

SEPARATOR = "|"  # between event id, handler and target of a ticked box


class Repair(BusView):
    permission = REPAIR_BUS
    http_method_names = ("post",)

    def back(self, default: str) -> HttpResponse:
        wanted = self.request.POST.get("next", "")
        return redirect(wanted if url_has_allowed_host_and_scheme(wanted, {self.request.get_host()}) else default)


class Retry(Repair):
    def post(self, request: HttpRequest, event_id: UUID) -> HttpResponse:
        handler, target = request.POST.get("handler", ""), request.POST.get("target", "")
        try:
            services.retry_delivery(event_id=event_id, handler=handler, target=target, tenant_id=self.tenant_id)
        except DomainError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, f"{handler} will run again within seconds.")
        return self.back(link_to_event(event_id))


class Skip(Repair):
    def post(self, request: HttpRequest, event_id: UUID) -> HttpResponse:
        handler, target = request.POST.get("handler", ""), request.POST.get("target", "")
        reason = request.POST.get("reason", "")
        try:
            services.skip_delivery(
                event_id=event_id, handler=handler, target=target, reason=reason, tenant_id=self.tenant_id
            )
        except DomainError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, f"{handler} will not have this event.")
        return self.back(link_to_event(event_id))


class RepairSelected(Repair):
    """Does something to each ticked delivery, and tells what became of them."""

    done = ""

    def post(self, request: HttpRequest) -> HttpResponse:
        chosen = request.POST.getlist("delivery")
        refusals = [refusal for refusal in map(self._attempt, chosen) if refusal]
        if not chosen:
            messages.warning(request, "Tick deliveries first.")
        elif repaired := len(chosen) - len(refusals):
            messages.success(request, f"{repaired} of {len(chosen)} {self.done}")
        for message in sorted(set(refusals)):
            messages.error(request, f"{refusals.count(message)} refused: {message}")
        return self.back(reverse("admin:bus_dead"))

    def _attempt(self, box: str) -> str:
        """Repair what a box stands for; return why not, or nothing."""
        event_id, handler, target = _parts(box)
        try:
            self.repair(event_id=event_id, handler=handler, target=target, tenant_id=self.tenant_id, only_dead=True)
        except DomainError as refusal:
            return refusal.message
        return ""

    def repair(self, **delivery: Any) -> None:
        raise NotImplementedError


class RetrySelected(RepairSelected):
    done = "will run again within seconds."

    def repair(self, **delivery: Any) -> None:
        services.retry_delivery(**delivery)


class DiscardSelected(RepairSelected):
    done = "discarded: their handlers will not have these events."

    def repair(self, **delivery: Any) -> None:
        services.skip_delivery(reason=self.request.POST.get("reason", ""), **delivery)


def _parts(box: str) -> tuple[Any, str, str]:
    event_id, _, rest = box.partition(SEPARATOR)
    handler, _, target = rest.partition(SEPARATOR)
    try:
        return UUID(event_id), handler, target
    except ValueError:
        return UUID(int=0), handler, target
