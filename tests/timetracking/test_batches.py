"""What is done to many at once takes the queries of doing it to few; the bus's own are counted by its tests."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gauzy.eventbus.ids import uuid7
from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import acting_as
from tests.factories.people import Company, acting_for, found_company, hire, hire_as, team_of
from tests.factories.platform import new_member
from tests.factories.time import HOUR, MONDAY, add_task, log_time, start_project, timesheet_of
from timetracking.importing.running import import_time
from timetracking.models import Ledger, TimeLog, Timesheet
from timetracking.services.approving import approve_timesheets
from timetracking.services.clients import create_tag
from timetracking.services.imports import undo_import
from timetracking.services.logs import create_time_logs
from timetracking.services.timesheets import submit_timesheet

pytestmark = pytest.mark.django_db
FEW, MANY = 2, 7
OF_THE_BUS = ("eventbus_", "SAVEPOINT")


def queries(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return sum(not any(word in query["sql"] for word in OF_THE_BUS) for query in captured)


def rows(company: Company, count: int, day: str) -> bytes:
    people = [hire(company).user.email for _ in range(count)]
    lines = "".join(f"{email},{day},09:00,{day},10:00,Site,Dig,deep\n" for email in people)
    return f"Email,Start date,Start time,End date,End time,Project,Task,Tags\n{lines}".encode()


def test_recording_many_logs_takes_the_queries_of_recording_few(company: Company) -> None:
    project = start_project(company)
    task = add_task(company, project)
    with acting_for(company):
        tag = create_tag(organization_id=company.organization.id, name="deep")

    def items(count: int) -> list[Any]:
        place = {"task_id": task.id, "tag_ids": [tag.id]}
        times = {"started_at": MONDAY, "stopped_at": MONDAY + HOUR}
        return [{"employee_id": hire(company).id} | times | place for _ in range(count)]

    few, many = items(FEW), items(MANY)
    with acting_for(company):
        assert queries(lambda: create_time_logs(items=few)) == queries(lambda: create_time_logs(items=many))
        assert TimeLog.objects.filter(task=task, tags=tag).count() == FEW + MANY


def test_importing_and_undoing_many_rows_takes_the_queries_of_few(company: Company) -> None:
    def imported(content: bytes) -> Any:
        return import_time(content=content, organization_id=company.organization.id).time_import_id

    files = [rows(company, count, day) for count, day in ((1, "2026-01-05"), (FEW, "2026-01-06"), (MANY, "2026-01-07"))]
    with acting_for(company):
        imported(files[0])  # makes project, task and tag
        done: list[Any] = []
        counts = [queries(lambda file=file: done.append(imported(file))) for file in files[1:]]  # type: ignore[misc]  # bound
        assert counts[0] == counts[1]
        undone = [queries(lambda one=one: undo_import(time_import_id=one)) for one in done]  # type: ignore[misc]  # bound
        assert undone[0] == undone[1]
        assert TimeLog.objects.filter(deleted_at=None).count() == 1


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MANAGER])
def test_approving_many_weeks_takes_the_queries_of_few(company: Company, role: Role) -> None:
    people = [hire(company) for _ in range(FEW + MANY)]
    boss, member = hire_as(company, Role.MANAGER)
    team_of(company, managers=[boss], members=people)
    sheets = []
    for employee in people:
        log_time(company, employee)
        with acting_for(company):
            sheets.append(submit_timesheet(timesheet_id=timesheet_of(company, employee).id))
    items: list[Any] = [(sheet.id, sheet.version) for sheet in sheets]
    with acting_as(member if role == Role.MANAGER else new_member(company.owner, role)):
        few = queries(lambda: approve_timesheets(items=items[:FEW]))
        assert few == queries(lambda: approve_timesheets(items=items[FEW:]))
    with acting_for(company):
        decided = Timesheet.objects.filter(status="approved", decided_at__isnull=False)
        assert [entry.seconds for sheet in decided for entry in sheet.history.all()] == [3600] * 2 * (FEW + MANY)


def test_somebody_unknown_in_a_batch_is_refused_and_the_rest_goes_on(company: Company) -> None:
    times: Any = {"started_at": MONDAY, "stopped_at": MONDAY + HOUR}
    foreign = hire(found_company("Rival")).id
    with acting_for(company):
        people = (hire(company).id, foreign, uuid7())
        outcomes = create_time_logs(items=[{"employee_id": id} | times for id in people], atomic=False)
        assert [getattr(outcome, "code", "") for outcome in outcomes] == ["", *["employee_not_found"] * 2]
        assert Ledger.objects.count() == TimeLog.objects.count() == 1


def test_an_item_twice_in_a_batch_counts_once(company: Company) -> None:
    ada = hire(company)
    with acting_for(company):
        sheet = submit_timesheet(timesheet_id=timesheet_of(company, ada).id)
        once, again = approve_timesheets(items=[(sheet.id, sheet.version)] * 2)
        assert once is again
        times = {"started_at": MONDAY + timedelta(days=7), "stopped_at": MONDAY + timedelta(days=7) + HOUR}
        item: Any = {"employee_id": ada.id} | times
        first, second = create_time_logs(items=[item, item], atomic=False)
        assert isinstance(first, TimeLog)
        assert getattr(second, "code", "") == "overlap"
        assert TimeLog.objects.count() == 1
