"""Who may do what with organizations in the admin; the API's views declare the same."""

from gauzy.tenancy.roles import ADMINS, MANAGERS

PERMISSIONS = {
    "organizations.view_organization": MANAGERS,
    "organizations.add_organization": ADMINS,
    "organizations.change_organization": ADMINS,
}
