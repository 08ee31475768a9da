from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from gauzy.exceptions import DomainError
from gauzy.rest.serializers import StrictSerializer
from gauzy.rest.views import ViewSet
from gauzy.tenancy.roles import MEMBERS
from timetracking.api.serializers.time import (
    NewTimeLogInput,
    OverrideQuery,
    RemoveInput,
    SplitInput,
    StartInput,
    StopInput,
    TimeLogBulkInput,
    TimeLogBulkOutput,
    TimeLogInput,
    TimeLogOutput,
    TimeLogQuery,
    TimeLogsOutput,
    TimerOutput,
    TimerQuery,
    ToggleInput,
)
from timetracking.models import TimeLog
from timetracking.roles import STAFF
from timetracking.selectors import logs as selectors
from timetracking.selectors.people import person
from timetracking.services import cutting, logs, timer
from timetracking.services.ledger import lock_ledgers


class TimerViewSet(ViewSet):
    """The timer of an employee: your own, or of somebody you manage."""

    roles = {"current": MEMBERS, "start": STAFF, "stop": STAFF, "toggle": STAFF}
    queries = {"current": TimerQuery}
    inputs = {"start": StartInput, "stop": StopInput, "toggle": ToggleInput}
    outputs = dict.fromkeys(roles, TimerOutput)

    def current(self, request: Request) -> Response:
        running = selectors.running_timer(person(self.query["employee_id"]).id)
        return self.reply(_timer(running))

    def start(self, request: Request) -> Response:
        """Let it run. What runs already is stopped at that instant, or the start is refused: a policy."""
        return self.reply(_timer(timer.start_timer(**self.read())))

    def stop(self, request: Request) -> Response:
        """Stop it; safe to repeat."""
        return self.reply(_timer(timer.stop_timer(**self.read())))

    def toggle(self, request: Request) -> Response:
        """Stop it if it runs, else start it."""
        return self.reply(_timer(timer.toggle_timer(**self.read())))


class TimeLogViewSet(ViewSet):
    """Time worked, latest first: your own, and that of the people and projects you manage."""

    roles = dict.fromkeys(("list", "retrieve"), MEMBERS) | dict.fromkeys(
        ("create", "bulk", "partial_update", "destroy", "restore", "split", "remove_time"), STAFF
    )
    queries = {"list": TimeLogQuery} | dict.fromkeys(("create", "partial_update", "destroy", "restore"), OverrideQuery)
    inputs = {
        "create": NewTimeLogInput,
        "bulk": TimeLogBulkInput,
        "partial_update": TimeLogInput,
        "restore": StrictSerializer,
        "split": SplitInput,
        "remove_time": RemoveInput,
    }
    outputs = dict.fromkeys(("list", "retrieve", "create", "partial_update", "restore"), TimeLogOutput) | {
        "bulk": TimeLogBulkOutput,
        "split": TimeLogsOutput,
        "remove_time": TimeLogsOutput,
    }
    conditional = ("create", "retrieve", "partial_update", "destroy")
    ordering = "-started_at"

    def resource(self, *, time_log_id: UUID) -> QuerySet[TimeLog]:
        """Return where the log is, with its ledger locked first, as the services do: so nobody waits in a circle."""
        lock_ledgers([selectors.get_visible_log(time_log_id).employee_id])
        return selectors.visible_logs().filter(pk=time_log_id)

    def list(self, request: Request) -> Response:
        return self.page(selectors.visible_logs(**self.query))

    def create(self, request: Request) -> Response:
        return self.reply(_shown(logs.create_time_log(**self.read(), **self.query)))

    def bulk(self, request: Request) -> Response:
        """Record several. Unless `atomic`, what can be recorded is, and each item has its own answer."""
        outcomes = logs.create_time_logs(**self.read())
        known = selectors.shown([one.pk for one in outcomes if isinstance(one, TimeLog)])
        return self.reply({"results": [_item(index, outcome, known) for index, outcome in enumerate(outcomes)]})

    def retrieve(self, request: Request, time_log_id: UUID) -> Response:
        return self.reply(selectors.get_visible_log(time_log_id))

    def partial_update(self, request: Request, time_log_id: UUID) -> Response:
        return self.reply(_shown(logs.update_time_log(time_log_id=time_log_id, values=self.read(), **self.query)))

    def destroy(self, request: Request, time_log_id: UUID) -> Response:
        """Remove a log; it can be restored."""
        logs.delete_time_log(time_log_id=time_log_id, **self.query)
        return self.reply()

    def restore(self, request: Request, time_log_id: UUID) -> Response:
        """Bring a removed log back, if nothing has taken its place."""
        self.read()
        return self.reply(_shown(logs.restore_time_log(time_log_id=time_log_id, **self.query)))

    def split(self, request: Request, time_log_id: UUID) -> Response:
        """Make two touching logs of one."""
        return self._several(cutting.split_time_log(time_log_id=time_log_id, **self.read()))

    def remove_time(self, request: Request) -> Response:
        """Take an interval out of an employee's logs; answers with what remains of those it touched."""
        return self._several(cutting.remove_time(**self.read()))

    def _several(self, rows: Any) -> Response:
        known = selectors.shown([row.pk for row in rows])
        return self.reply({"time_logs": [known[row.pk] for row in rows]})


def _shown(log: TimeLog) -> TimeLog:
    return selectors.shown([log.pk])[log.pk]


def _timer(outcome: TimeLog | timer.Stopped | None) -> dict[str, Any]:
    log = outcome.log if isinstance(outcome, timer.Stopped) else outcome
    discarded = isinstance(outcome, timer.Stopped) and outcome.discarded
    running = log is not None and log.stopped_at is None
    return {"running": running, "discarded": discarded, "time_log": _shown(log) if log else None}


def _item(index: int, outcome: TimeLog | DomainError, known: dict[UUID, TimeLog]) -> dict[str, Any]:
    if isinstance(outcome, TimeLog):
        return {"index": index, "time_log": known[outcome.pk], "code": "", "message": "", "errors": {}}
    refusal = {"code": outcome.code, "message": outcome.message, "errors": outcome.fields}
    return {"index": index, "time_log": None, **refusal}
