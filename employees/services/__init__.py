"""Employments and teams: every write."""

from employees.services.employing import (
    NewEmployee,
    create_employee,
    create_employees,
    end_employee,
    restore_employee,
    update_employee,
)
from employees.services.teams import create_team, delete_team, update_team

__all__ = [
    "NewEmployee",
    "create_employee",
    "create_employees",
    "create_team",
    "delete_team",
    "end_employee",
    "restore_employee",
    "update_employee",
    "update_team",
]
