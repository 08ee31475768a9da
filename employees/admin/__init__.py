"""Employees, teams and invites in the admin; importing this registers them."""

from employees.admin.employees import EmployeeAdmin
from employees.admin.invites import InviteAdmin
from employees.admin.teams import TeamAdmin

__all__ = ["EmployeeAdmin", "InviteAdmin", "TeamAdmin"]
