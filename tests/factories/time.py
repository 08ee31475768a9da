"""Projects, tasks and time, made through the services."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from employees.models import Employee
from tests.factories.people import Company, acting_for, hire
from timetracking.models import Project, Task, TimeLog, Timesheet
from timetracking.services.logs import create_time_log
from timetracking.services.projects import create_project
from timetracking.services.tasks import create_task
from timetracking.services.timesheets import ensure_timesheet

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
    """Give the company a row of everything that the admin shows of time."""
    employee = hire(company)
    project = start_project(company)
    log_time(company, employee, task_id=add_task(company, project).id)
