from django.apps import AppConfig


class TimetrackingConfig(AppConfig):
    name = "timetracking"

    def ready(self) -> None:
        from gauzy import eventbus as bus
        from gauzy.notifications.kinds import register_kind
        from gauzy.tenancy.roles import register_role_permissions
        from timetracking import choices, handlers
        from timetracking.roles import PERMISSIONS

        bus.connect(handlers)
        register_kind(choices.TIMESHEET_SUBMITTED, "Somebody submitted a timesheet to you")
        register_kind(choices.TIMESHEET_DECIDED, "Your timesheet was decided on")
        register_kind(choices.TIMESHEET_MISSING, "Your timesheet is missing")
        register_kind(choices.BUDGET_REACHED, "A project reached a share of its budget")
        register_kind(choices.TIMER_FORGOTTEN, "Your timer was stopped because it ran too long")
        register_role_permissions(PERMISSIONS)
