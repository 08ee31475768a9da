from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "gauzy.users"

    def ready(self) -> None:
        from gauzy import eventbus as bus
        from gauzy.users import handlers, openapi  # noqa: F401  importing `openapi` tells drf-spectacular about our logins

        bus.connect(handlers)
