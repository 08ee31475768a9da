from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "gauzy.notifications"

    def ready(self) -> None:
        from gauzy import eventbus as bus
        from gauzy.notifications import handlers
        from gauzy.tenancy.roles import ADMINS, register_role_permissions

        bus.connect(handlers)
        register_role_permissions({"notifications.view_emailmessage": ADMINS})
