"""Time in the admin; importing this registers it."""

from timetracking.admin.clients import ClientAdmin, TagAdmin
from timetracking.admin.imports import TimeImportAdmin
from timetracking.admin.invoices import InvoiceAdmin
from timetracking.admin.logs import TimeLogAdmin
from timetracking.admin.projects import ProjectAdmin
from timetracking.admin.rates import RateAdmin
from timetracking.admin.tasks import TaskAdmin
from timetracking.admin.timesheets import TimesheetAdmin

__all__ = [
    "ClientAdmin",
    "InvoiceAdmin",
    "ProjectAdmin",
    "RateAdmin",
    "TagAdmin",
    "TaskAdmin",
    "TimeImportAdmin",
    "TimeLogAdmin",
    "TimesheetAdmin",
]
