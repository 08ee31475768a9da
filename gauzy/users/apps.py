from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "gauzy.users"

    def ready(self) -> None:
        from gauzy import eventbus as bus
        from gauzy.tenancy.models import Membership
        from gauzy.tenancy.roles import register_role_permissions
        from gauzy.tenancy.subjects import of_tenant, register_subject
        from gauzy.users import handlers, openapi  # noqa: F401  importing `openapi` tells drf-spectacular about our logins
        from gauzy.users.models import ApiKey
        from gauzy.users.roles import PERMISSIONS
        from gauzy.users.selectors import users_of

        bus.connect(handlers)
        register_role_permissions(PERMISSIONS)
        register_subject("user", users_of, personal=True)
        register_subject(
            "membership", of_tenant(Membership, "user"), name=lambda member: str(member.user), personal=True
        )
        register_subject("api_key", of_tenant(ApiKey))
