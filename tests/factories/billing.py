"""Approved time of a company, ready for an invoice."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from employees.models import Employee
from tests.factories.people import Company, acting_for, hire
from timetracking.choices import RateOrigin, TimesheetStatus
from timetracking.importing.running import import_time
from timetracking.models import Client, Ledger, Project, TimeLog, Timesheet
from timetracking.selectors.invoices import Wanted
from timetracking.services.drafting import Terms
from timetracking.services.invoices import create_invoice

MONDAY = date(2026, 3, 2)
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def client_of(company: Company, **values: Any) -> Client:
    with acting_for(company):
        return Client.objects.create(**{"organization_id": company.organization.id, "name": "Initech"} | values)


def project_of(client: Client, **values: Any) -> Project:
    return Project.unscoped.create(
        **{"tenant_id": client.tenant_id, "organization_id": client.organization_id, "client": client, "name": "Site"}
        | values
    )


def log_of(
    employee: Employee, project: Project | None, *, start: datetime = NINE, hours: float = 1, **values: Any
) -> TimeLog:
    """Make a finished, billable log with a rate of 100 EUR."""
    common = {"tenant_id": employee.tenant_id, "organization_id": employee.organization_id}
    Ledger.unscoped.get_or_create(employee=employee, defaults={"tenant_id": employee.tenant_id})
    rate = {"rate_amount": Decimal(100), "rate_currency": "EUR", "rate_origin": RateOrigin.ORGANIZATION}
    stop = start + timedelta(hours=hours)
    given = {"employee": employee, "project": project, "started_at": start, "stopped_at": stop}
    return TimeLog.unscoped.create(**common | given | rate | values)


def approve_week(
    employee: Employee, monday: date = MONDAY, status: TimesheetStatus = TimesheetStatus.APPROVED
) -> Timesheet:
    """Make the approved timesheet of a week, counted in UTC."""
    start = datetime(monday.year, monday.month, monday.day, tzinfo=UTC)
    return Timesheet.unscoped.create(
        tenant_id=employee.tenant_id,
        organization_id=employee.organization_id,
        employee=employee,
        period_start=monday,
        period_end=monday + timedelta(days=7),
        status=status,
        time_zone="UTC",
        starts_at=start,
        ends_at=start + timedelta(days=7),
    )


def bill(company: Company) -> None:
    """Give the company an invoice and an import of time."""
    employee, client = hire(company), client_of(company)
    approve_week(employee)
    log_of(employee, project_of(client))
    row = f"{employee.user.email},2026-06-02,09:00,2026-06-02,10:00"
    content = f"Email,Start date,Start time,End date,End time\n{row}\n".encode()
    with acting_for(company):
        create_invoice(wanted=Wanted(client_id=client.pk), terms=Terms())
        import_time(content=content, organization_id=company.organization.id)
