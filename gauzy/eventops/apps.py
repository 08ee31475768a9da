from django.apps import AppConfig


class EventOpsConfig(AppConfig):
    """What operators do with the bus, and the commands that run the product."""

    name = "gauzy.eventops"
    label = "eventops"
    verbose_name = "Event bus operations"
