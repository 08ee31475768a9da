"""Employees from CSV, judged line by line."""

from employees.importing.report import ImportReport, LineVerdict
from employees.importing.running import import_employees

__all__ = ["ImportReport", "LineVerdict", "import_employees"]
