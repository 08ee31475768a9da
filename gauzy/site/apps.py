from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class SiteConfig(AppConfig):
    """Templates, styles and pages of the admin site. Listed before Unfold, whose templates it overrides."""

    name = "gauzy.site"
    label = "gauzy_site"
    verbose_name = "Admin site"

    def ready(self) -> None:
        from gauzy.site.roles import PERMISSIONS
        from gauzy.tenancy.roles import register_role_permissions

        register_role_permissions(PERMISSIONS)


class GauzyAdminConfig(AdminConfig):
    default_site = "gauzy.site.admin_site.GauzyAdminSite"
