"""Several timesheets approved at once: judged one by one, looked up and written all at once."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction

from employees.exceptions import EmployeeNotFound
from gauzy import eventbus as bus
from gauzy.exceptions import BulkRefused, DomainError
from timetracking.choices import TimesheetMove
from timetracking.exceptions import TimesheetNotFound
from timetracking.models import Timesheet, TimesheetEntry
from timetracking.selectors.people import decided_among, persons
from timetracking.selectors.timesheets import totals_of, visible_timesheets
from timetracking.services.ledger import lock_ledgers
from timetracking.services.shared import now
from timetracking.services.timesheets import is_repeated, moved, require_approver, require_move


@transaction.atomic
def approve_timesheets(
    *, items: Sequence[tuple[UUID, int | None]], atomic: bool = True
) -> list[Timesheet | DomainError]:
    """Approve several (id, version seen); atomic: one refusal undoes them all, and `BulkRefused` names each.

    The number of queries does not depend on the items.
    """
    approvals = _Approvals([id for id, _ in items])
    outcomes = [approvals.approve_or_refuse(id, version) for id, version in items]
    refusals = {index: outcome for index, outcome in enumerate(outcomes) if isinstance(outcome, DomainError)}
    if atomic and refusals:
        raise BulkRefused(refusals)
    approvals.write()
    return outcomes


class _Approvals:
    def __init__(self, timesheet_ids: Collection[UUID]) -> None:
        seen = dict(visible_timesheets().filter(pk__in=timesheet_ids).values_list("pk", "employee_id"))
        lock_ledgers(seen.values())
        rows = Timesheet.objects.select_for_update(no_key=True).filter(pk__in=seen).order_by("pk")
        self.sheets = {sheet.pk: sheet for sheet in rows.prefetch_related("history")}
        self.people, self.decided = persons(seen.values()), decided_among(seen.values())
        self.approved: dict[UUID, Timesheet] = {}

    def approve_or_refuse(self, timesheet_id: UUID, version: int | None) -> Timesheet | DomainError:
        try:
            return self._approve(timesheet_id, version)
        except DomainError as refusal:
            return refusal

    def write(self) -> None:
        sheets = list(self.approved.values())
        totals, moment = totals_of(sheets), now()
        moves = [moved(sheet, TimesheetMove.APPROVE, "", totals[sheet.pk]) for sheet in sheets]
        for sheet in sheets:
            sheet.decided_at = sheet.updated_at = moment
        Timesheet.objects.bulk_update(sheets, ["status", "version", "decided_at", "updated_at"], batch_size=500)
        TimesheetEntry.objects.bulk_create([entry for entry, _ in moves], batch_size=500)
        bus.publish_many([event for _, event in moves])

    def _approve(self, timesheet_id: UUID, version: int | None) -> Timesheet:
        if not (sheet := self.sheets.get(timesheet_id)):
            raise TimesheetNotFound
        if not (found := self.people.get(sheet.employee_id)):
            raise EmployeeNotFound
        require_approver(found, decides=found.id in self.decided)
        if timesheet_id not in self.approved and not is_repeated(sheet, TimesheetMove.APPROVE):
            require_move(sheet, TimesheetMove.APPROVE, version)
            self.approved[timesheet_id] = sheet
        return sheet
