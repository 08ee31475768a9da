from typing import Any

from django.apps import AppConfig


class TimetrackingConfig(AppConfig):
    name = "timetracking"

    def ready(self) -> None:
        from gauzy import eventbus as bus
        from gauzy.notifications.kinds import register_kind
        from gauzy.tenancy.roles import register_role_permissions
        from gauzy.tenancy.subjects import of_tenant, register_subject
        from timetracking import choices, handlers, models
        from timetracking.roles import PERMISSIONS
        from timetracking.services.reminding import EVERY, remind_everywhere

        bus.connect(handlers)
        bus.add_chore(remind_everywhere, every=EVERY)
        register_kind(choices.TIMESHEET_SUBMITTED, "Somebody submitted a timesheet to you")
        register_kind(choices.TIMESHEET_DECIDED, "Your timesheet was decided on")
        register_kind(choices.TIMESHEET_MISSING, "Your timesheet is missing")
        register_kind(choices.BUDGET_REACHED, "A project reached a share of its budget")
        register_kind(choices.TIMER_FORGOTTEN, "Your timer was stopped because it ran too long")
        register_role_permissions(PERMISSIONS)
        register_subject("client", of_tenant(models.Client))
        register_subject("project", of_tenant(models.Project))
        register_subject("task", of_tenant(models.Task))
        register_subject("invoice", of_tenant(models.Invoice))
        register_subject("rate", of_tenant(models.Rate))
        register_subject("time_import", of_tenant(models.TimeImport))
        for kind, model in (("time_log", models.TimeLog), ("timesheet", models.Timesheet)):
            register_subject(kind, of_tenant(model, "employee"), name=_with_employee, personal=True)


def _with_employee(row: Any) -> str:
    return f"{row.employee}, {row}"
