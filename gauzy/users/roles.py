"""Who may do what with API keys in the admin; the API's views declare the same. Managers see their own."""

from gauzy.tenancy.roles import MANAGERS

PERMISSIONS = {
    "users.view_apikey": MANAGERS,
    "users.add_apikey": MANAGERS,
    "users.change_apikey": MANAGERS,
}
