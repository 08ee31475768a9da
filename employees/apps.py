from django.apps import AppConfig


class EmployeesConfig(AppConfig):
    name = "employees"

    def ready(self) -> None:
        from employees import handlers
        from employees.choices import INVITE_ANSWERED, WELCOME
        from employees.roles import PERMISSIONS
        from gauzy import eventbus as bus
        from gauzy.notifications.kinds import register_kind
        from gauzy.tenancy.roles import register_role_permissions

        bus.connect(handlers)
        register_kind(WELCOME, "You became an employee")
        register_kind(INVITE_ANSWERED, "Somebody answered your invite")
        register_role_permissions(PERMISSIONS)
