"""Employments, invites and teams: every write."""

from employees.services.answering import accept_invite, reject_invite
from employees.services.employing import (
    NewEmployee,
    create_employee,
    create_employees,
    end_employee,
    restore_employee,
    update_employee,
)
from employees.services.inviting import NewInvite, create_invite, create_invites, resend_invite, revoke_invite
from employees.services.teams import create_team, delete_team, update_team

__all__ = [
    "NewEmployee",
    "NewInvite",
    "accept_invite",
    "create_employee",
    "create_employees",
    "create_invite",
    "create_invites",
    "create_team",
    "delete_team",
    "end_employee",
    "reject_invite",
    "resend_invite",
    "restore_employee",
    "revoke_invite",
    "update_employee",
    "update_team",
]
