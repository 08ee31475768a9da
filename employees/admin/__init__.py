"""Employees and teams in the admin; importing this registers them."""

from employees.admin.employees import EmployeeAdmin
from employees.admin.teams import TeamAdmin

__all__ = ["EmployeeAdmin", "TeamAdmin"]
