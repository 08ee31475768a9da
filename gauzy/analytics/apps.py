from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "gauzy.analytics"

    def ready(self) -> None:
        from gauzy import eventbus as bus
        from gauzy.analytics import handlers
        from gauzy.tenancy.roles import MANAGERS, register_role_permissions

        bus.connect(handlers)
        register_role_permissions({"analytics.view_dailycount": MANAGERS})
