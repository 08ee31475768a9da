from django.apps import AppConfig

from gauzy import eventbus as bus


class JobsConfig(AppConfig):
    name = "tests.chaos.jobs"
    label = "jobs"

    def ready(self) -> None:
        from tests.chaos.jobs import handlers

        bus.connect(handlers)
