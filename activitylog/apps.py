from django.apps import AppConfig


class ActivityLogConfig(AppConfig):
    name = "activitylog"

    def ready(self) -> None:
        from activitylog import handlers
        from activitylog.pages import timeline
        from gauzy import eventbus as bus
        from gauzy.site.panels import register_object_panel
        from gauzy.tenancy.roles import ADMINS, register_role_permissions

        bus.connect(handlers)
        register_role_permissions({"activitylog.view_activitylog": ADMINS})
        register_object_panel(timeline)
