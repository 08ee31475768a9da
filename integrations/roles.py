"""Who may do what with integrations in the admin; the API's views declare the same."""

from gauzy.tenancy.roles import ADMINS

PERMISSIONS = {
    "integrations.view_integration": ADMINS,
    "integrations.add_integration": ADMINS,
    "integrations.change_integration": ADMINS,
    "integrations.view_syncrun": ADMINS,
}
