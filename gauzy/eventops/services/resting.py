"""Letting handlers and queues rest, and waking them: for operators, over all tenants."""

from typing import Any

from django.db import transaction

from gauzy import eventbus as bus
from gauzy.eventbus import catalogue, hints, pausing
from gauzy.eventbus.choices import PauseKind
from gauzy.eventbus.conf import bus_settings
from gauzy.eventbus.models import Delivery, Pause
from gauzy.eventops.events import HandlerPausedEvent, HandlerResumedEvent
from gauzy.eventops.exceptions import NotPaused, ReasonRefused, UnknownHandler


@transaction.atomic
def pause(*, name: str, reason: str) -> None:
    """Let a handler, or every handler of a queue, rest until somebody resumes; what it is owed waits.

    Workers notice within a second. What runs is finished. Raises `UnknownHandler` and `ReasonRefused`.
    """
    reason = reason.strip()
    if not 0 < len(reason) <= 300:
        raise ReasonRefused(fields={"reason": [ReasonRefused.message]})
    Pause.objects.update_or_create(
        kind=PauseKind.MANUAL, tenant="", target="", **_named(name), defaults={"reason": reason, "until": None}
    )
    bus.publish(HandlerPausedEvent(name=name, reason=reason))


@transaction.atomic
def resume(*, name: str) -> int:
    """End every rest of a handler or a queue, also those it took by itself; return how many. Raises `NotPaused`."""
    named = _named(name)
    ended = pausing.in_force().filter(**named)
    count = ended.count()
    if not count:
        raise NotPaused(f"{name} is not paused.")
    Pause.objects.filter(pk__in=list(ended.values_list("pk", flat=True))).delete()
    handlers = _handlers(name)
    pausing.release(Delivery.objects.filter(handler__in=handlers))
    bus.publish(HandlerResumedEvent(name=name))
    transaction.on_commit(lambda: hints.mark(handlers), robust=True)
    return count


def _named(name: str) -> dict[str, Any]:
    if catalogue.find_handler(name):
        return {"handler": name, "queue": ""}
    if name in bus_settings().QUEUES:
        return {"handler": "", "queue": name}
    raise UnknownHandler(f"There is no handler and no queue {name!r}. `events list` shows what there is.")


def _handlers(name: str) -> list[str]:
    return [handler.id for handler in catalogue.handlers if name in (handler.id, handler.queue)]
