"""Projects, tasks and time, made through the services."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from employees.models import Employee
from tests.factories.people import Company, acting_for, hire
from timetracking.models import Project, Task, TimeLog, Timesheet
from timetracking.services.clients import create_client, create_tag
from timetracking.services.logs import create_time_log
from timetracking.services.projects import create_project, set_member
from timetracking.services.rates import create_rate
from timetracking.services.tasks import create_task
from timetracking.services.timesheets import ensure_timesheet, submit_timesheet

# A Monday in winter, long past.
MONDAY = datetime(2026, 1, 5, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)

_numbers = count(1)


def start_project(company: Company, **values: Any) -> Project:
    """Create a project as the company's owner; `values` are arguments of `create_project`."""
    with acting_for(company):
        return create_project(organization_id=company.organization.id, name=f"Project {next(_numbers)}", **values)


def add_task(company: Company, project: Project, **values: Any) -> Task:
    with acting_for(company):
        return create_task(project_id=project.id, title="Draw the engine", **values)


def log_time(
    company: Company, employee: Employee, start: datetime = MONDAY, hours: float = 1, **values: Any
) -> TimeLog:
    """Record time as the company's owner; `values` are arguments of `create_time_log`."""
    with acting_for(company):
        return create_time_log(
            employee_id=employee.id, started_at=start, stopped_at=start + timedelta(hours=hours), **values
        )


def timesheet_of(company: Company, employee: Employee, day: datetime = MONDAY) -> Timesheet:
    with acting_for(company):
        return ensure_timesheet(employee_id=employee.id, day=day.date())


def work(company: Company) -> None:
    """Give the company a row of everything of time, with a week that was submitted."""
    employee, organization_id = hire(company), company.organization.id
    with acting_for(company):
        client = create_client(organization_id=organization_id, name="Babbage & Co")
        tag = create_tag(organization_id=organization_id, name="urgent")
    project = start_project(company, client_id=client.id)
    task = add_task(company, project, tag_ids=[tag.id])
    with acting_for(company):
        set_member(project_id=project.id, employee_id=employee.id)
        create_rate(organization_id=organization_id, amount=Decimal(80), valid_from=MONDAY.date())
    log_time(company, employee, task_id=task.id, tag_ids=[tag.id])
    sheet = timesheet_of(company, employee)
    with acting_for(company):
        submit_timesheet(timesheet_id=sheet.id)
