from django.apps import AppConfig


class ActivityLogConfig(AppConfig):
    name = "activitylog"

    def ready(self) -> None:
        from activitylog import handlers
        from gauzy import eventbus as bus
        from gauzy.tenancy.roles import ADMINS, register_role_permissions

        bus.connect(handlers)
        register_role_permissions({"activitylog.view_activitylog": ADMINS})
