"""Who may see and repair the bus in the admin, and see what the platform's apps show only there."""

from gauzy.tenancy.roles import ADMINS, MANAGERS

VIEW_BUS = "gauzy_site.view_bus"
REPAIR_BUS = "gauzy_site.repair_bus"
OPERATE_BUS = "gauzy_site.operate_bus"  # of no role: it concerns every tenant, and superusers may all
VIEW_PERSONAL_DATA = "gauzy_site.view_personal_data"

PERMISSIONS = {
    VIEW_BUS: ADMINS,
    REPAIR_BUS: ADMINS,
    VIEW_PERSONAL_DATA: ADMINS,
    "analytics.view_dailycount": MANAGERS,
    "notifications.view_notification": ADMINS,
    "tenancy.view_membership": ADMINS,
    "tenancy.change_membership": ADMINS,
}
