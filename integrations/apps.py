from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"

    def ready(self) -> None:
        from gauzy import eventbus as bus
        from gauzy.notifications.kinds import register_kind
        from gauzy.tenancy.roles import register_role_permissions
        from integrations import handlers
        from integrations.choices import SYNC_FAILED
        from integrations.roles import PERMISSIONS

        bus.connect(handlers)
        register_kind(SYNC_FAILED, "A sync with another system failed")
        register_role_permissions(PERMISSIONS)
