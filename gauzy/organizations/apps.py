from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "gauzy.organizations"

    def ready(self) -> None:
        from gauzy import eventbus as bus
        from gauzy.organizations import handlers
        from gauzy.organizations.roles import PERMISSIONS
        from gauzy.tenancy.roles import register_role_permissions

        bus.connect(handlers)
        register_role_permissions(PERMISSIONS)
