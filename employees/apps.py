from django.apps import AppConfig


class EmployeesConfig(AppConfig):
    name = "employees"

    def ready(self) -> None:
        from employees import handlers
        from employees.choices import INVITE_ANSWERED, WELCOME
        from employees.models import Employee, Invite, Team
        from employees.roles import PERMISSIONS
        from gauzy import eventbus as bus
        from gauzy.analytics.labels import register_metric
        from gauzy.notifications.kinds import register_kind
        from gauzy.tenancy.roles import register_role_permissions
        from gauzy.tenancy.subjects import of_tenant, register_subject

        bus.connect(handlers)
        register_kind(WELCOME, "You became an employee")
        register_kind(INVITE_ANSWERED, "Somebody answered your invite")
        register_metric("employees_created", "New employees, as their handler counts them")
        register_role_permissions(PERMISSIONS)
        register_subject("employee", of_tenant(Employee), personal=True)
        register_subject("invite", of_tenant(Invite), personal=True)
        register_subject("team", of_tenant(Team))
