from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "gauzy.organizations"

    def ready(self) -> None:
        from gauzy import eventbus as bus
        from gauzy.organizations import handlers
        from gauzy.organizations.models import Organization
        from gauzy.organizations.roles import PERMISSIONS
        from gauzy.tenancy.roles import register_role_permissions
        from gauzy.tenancy.subjects import of_tenant, register_subject

        bus.connect(handlers)
        register_role_permissions(PERMISSIONS)
        register_subject("organization", of_tenant(Organization))
