"""Who may do what with integrations in the admin; the API's views declare the same."""

from gauzy.tenancy.roles import ADMINS

PERMISSIONS = {
    "integrations.view_integration": ADMINS,
    "integrations.add_integration": ADMINS,
    "integrations.change_integration": ADMINS,
    "integrations.view_syncrun": ADMINS,
    "integrations.view_webhookendpoint": ADMINS,
    "integrations.add_webhookendpoint": ADMINS,
    "integrations.change_webhookendpoint": ADMINS,
    "integrations.view_githubdelivery": ADMINS,
    "integrations.view_repositorylink": ADMINS,
    "integrations.add_repositorylink": ADMINS,
    "integrations.change_repositorylink": ADMINS,
    "integrations.view_upworkcontract": ADMINS,
    "integrations.change_upworkcontract": ADMINS,
    "integrations.view_upworktransaction": ADMINS,
    "integrations.view_webhookattempt": ADMINS,
}
