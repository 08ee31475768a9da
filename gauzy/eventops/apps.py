from django.apps import AppConfig


class EventOpsConfig(AppConfig):
    """What operators do with the bus, and the commands that run the product."""

    name = "gauzy.eventops"
    label = "eventops"
    verbose_name = "Event bus operations"

    def ready(self) -> None:
        from gauzy.eventops.lag import check_lag
        from gauzy.rest.health import register_check

        register_check("bus", check_lag)
