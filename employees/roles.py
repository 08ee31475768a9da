"""Who may do what with employees, teams and invites in the admin; the API's views declare the same.

Managers look at those whom `employees.selectors` shows them.
"""

from gauzy.tenancy.roles import ADMINS, MANAGERS

PERMISSIONS = {
    "employees.view_employee": MANAGERS,
    "employees.add_employee": ADMINS,
    "employees.change_employee": ADMINS,
    "employees.view_team": MANAGERS,
    "employees.add_team": ADMINS,
    "employees.change_team": ADMINS,
    "employees.delete_team": ADMINS,
    "employees.view_invite": ADMINS,
    "employees.add_invite": ADMINS,
}
