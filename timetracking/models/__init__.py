from timetracking.models.imports import ImportedRow, TimeImport
from timetracking.models.invoices import Invoice, InvoiceCounter, InvoicedLog, InvoiceLine, InvoiceTax, Payment
from timetracking.models.projects import Client, Project, ProjectMember, Rate, Tag, Task
from timetracking.models.time import Ledger, TimeLog
from timetracking.models.timesheets import Timesheet, TimesheetEntry

__all__ = [
    "Client",
    "ImportedRow",
    "Invoice",
    "InvoiceCounter",
    "InvoiceLine",
    "InvoiceTax",
    "InvoicedLog",
    "Ledger",
    "Payment",
    "Project",
    "ProjectMember",
    "Rate",
    "Tag",
    "Task",
    "TimeImport",
    "TimeLog",
    "Timesheet",
    "TimesheetEntry",
]
