"""Employees in the admin; importing this registers them."""

from employees.admin.employees import EmployeeAdmin

__all__ = ["EmployeeAdmin"]
