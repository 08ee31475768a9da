from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from gauzy.exceptions import DomainError
from gauzy.rest.views import ViewSet
from gauzy.tenancy.roles import MANAGERS, MEMBERS
from timetracking.api.serializers.timesheets import (
    ApprovalsInput,
    ApprovalsOutput,
    HistoryOutput,
    MoveInput,
    NewTimesheetInput,
    ReasonedMoveInput,
    TimesheetOutput,
    TimesheetQuery,
)
from timetracking.models import Timesheet
from timetracking.roles import STAFF
from timetracking.selectors import timesheets as selectors
from timetracking.services import timesheets as services
from timetracking.services.approving import approve_timesheets
from timetracking.services.ledger import lock_ledgers


class TimesheetViewSet(ViewSet):
    """Weeks of employees, with what was decided about them: your own, and of those you manage."""

    roles = (
        dict.fromkeys(("list", "retrieve", "history"), MEMBERS)
        | dict.fromkeys(("create", "submit", "withdraw"), STAFF)
        | dict.fromkeys(("approve", "reject", "reopen", "bulk_approve"), MANAGERS)
    )
    queries = {"list": TimesheetQuery}
    inputs = {
        "create": NewTimesheetInput,
        "submit": MoveInput,
        "withdraw": MoveInput,
        "approve": MoveInput,
        "reject": ReasonedMoveInput,
        "reopen": ReasonedMoveInput,
        "bulk_approve": ApprovalsInput,
    }
    outputs = dict.fromkeys(roles, TimesheetOutput) | {"bulk_approve": ApprovalsOutput, "history": HistoryOutput}
    conditional = ("create", "retrieve", "submit", "withdraw", "approve", "reject", "reopen")

    def resource(self, *, timesheet_id: UUID) -> QuerySet[Timesheet]:
        """Return where the timesheet is, with its ledger locked first, as the services do."""
        lock_ledgers([selectors.get_visible_timesheet(timesheet_id).employee_id])
        return selectors.visible_timesheets().filter(pk=timesheet_id)

    def represent(self, value: Any) -> Any:
        return super().represent(_with_totals([value])[0] if isinstance(value, Timesheet) else value)

    def list(self, request: Request) -> Response:
        paginator = self.pagination_class()
        found = paginator.paginate_queryset(selectors.visible_timesheets(**self.query), request, self)
        return paginator.get_paginated_response(TimesheetOutput(_with_totals(found), many=True).data)

    def create(self, request: Request) -> Response:
        """Return the timesheet of a week; it is made if there is none yet."""
        return self.reply(services.ensure_timesheet(**self.read()))

    def retrieve(self, request: Request, timesheet_id: UUID) -> Response:
        return self.reply(selectors.get_visible_timesheet(timesheet_id))

    def history(self, request: Request, timesheet_id: UUID) -> Response:
        """Every submission and decision, with who, when, why and the totals of that moment."""
        return self.reply({"results": selectors.get_visible_timesheet(timesheet_id).history.all()})

    def submit(self, request: Request, timesheet_id: UUID) -> Response:
        """Hand the week in; its time is locked from now on."""
        return self.reply(services.submit_timesheet(timesheet_id=timesheet_id, **self.read()))

    def withdraw(self, request: Request, timesheet_id: UUID) -> Response:
        """Take your submitted week back."""
        return self.reply(services.withdraw_timesheet(timesheet_id=timesheet_id, **self.read()))

    def approve(self, request: Request, timesheet_id: UUID) -> Response:
        return self.reply(services.approve_timesheet(timesheet_id=timesheet_id, **self.read()))

    def reject(self, request: Request, timesheet_id: UUID) -> Response:
        """Send the week back, with a reason."""
        return self.reply(services.reject_timesheet(timesheet_id=timesheet_id, **self.read()))

    def reopen(self, request: Request, timesheet_id: UUID) -> Response:
        """Open an approved week again, with a reason."""
        return self.reply(services.reopen_timesheet(timesheet_id=timesheet_id, **self.read()))

    def bulk_approve(self, request: Request) -> Response:
        """Approve several. Unless `atomic`, what can be approved is, and each item has its own answer."""
        given = self.read()
        items = [(item["timesheet_id"], item.get("version")) for item in given["items"]]
        outcomes = approve_timesheets(items=items, atomic=given["atomic"])
        _with_totals([one for one in outcomes if isinstance(one, Timesheet)])
        return self.reply({"results": [_item(index, outcome) for index, outcome in enumerate(outcomes)]})


def _with_totals(sheets: Sequence[Any]) -> Sequence[Any]:
    totals = selectors.totals_of(sheets)
    for sheet in sheets:
        sheet.totals = totals[sheet.pk]
    return sheets


def _item(index: int, outcome: Timesheet | DomainError) -> dict[str, Any]:
    if isinstance(outcome, DomainError):
        return {"index": index, "timesheet": None, "code": outcome.code, "message": outcome.message}
    return {"index": index, "timesheet": outcome, "code": "", "message": ""}
