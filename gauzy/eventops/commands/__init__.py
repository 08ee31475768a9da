"""The actions of `manage.py events`, one class each."""

from gauzy.eventops.commands.action import Action, Output
from gauzy.eventops.commands.catalogue import List
from gauzy.eventops.commands.doctor import Doctor
from gauzy.eventops.commands.documents import Docs, Schema
from gauzy.eventops.commands.explain import Explain
from gauzy.eventops.commands.history import Backfill, Prune, Reconcile, Replay
from gauzy.eventops.commands.new import New
from gauzy.eventops.commands.pausing import Pause, Resume
from gauzy.eventops.commands.repair import Dead, Edit, Retry, Skip
from gauzy.eventops.commands.stats import Stats
from gauzy.eventops.commands.tail import Tail
from gauzy.eventops.commands.trace import Trace

ACTIONS: dict[str, Action] = {
    action.name: action
    for action in (
        *(List(), Explain(), Tail(), Trace(), Stats()),
        *(Dead(), Retry(), Skip(), Edit(), Pause(), Resume()),
        *(Replay(), Backfill(), Reconcile(), Prune()),
        *(Doctor(), Schema(), Docs(), New()),
    )
}

__all__ = ["ACTIONS", "Action", "Output"]
