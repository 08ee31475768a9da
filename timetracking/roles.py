"""Who may do what with time in the admin; the API's views declare the same. Services judge each single case."""

from gauzy.tenancy.choices import Role
from gauzy.tenancy.roles import ADMINS, MANAGERS, MEMBERS

STAFF = MEMBERS - {Role.VIEWER}

PERMISSIONS = {
    "timetracking.view_client": MANAGERS,
    "timetracking.add_client": MANAGERS,
    "timetracking.change_client": MANAGERS,
    "timetracking.view_project": MANAGERS,
    "timetracking.add_project": MANAGERS,
    "timetracking.change_project": MANAGERS,
    "timetracking.view_task": MANAGERS,
    "timetracking.add_task": MANAGERS,
    "timetracking.change_task": MANAGERS,
    "timetracking.view_tag": MANAGERS,
    "timetracking.add_tag": MANAGERS,
    "timetracking.view_rate": ADMINS,
    "timetracking.add_rate": ADMINS,
    "timetracking.view_invoice": ADMINS,
    "timetracking.change_invoice": ADMINS,
    "timetracking.view_timeimport": MANAGERS,
    "timetracking.change_timeimport": MANAGERS,
    "timetracking.view_timelog": MANAGERS,
    "timetracking.add_timelog": MANAGERS,
    "timetracking.change_timelog": MANAGERS,
    "timetracking.view_timesheet": MANAGERS,
    "timetracking.change_timesheet": MANAGERS,
}
