from django.apps import AppConfig

from gauzy import eventbus as bus


class BenchConfig(AppConfig):
    name = "tests.benchmarks.bench"
    label = "bench"

    def ready(self) -> None:
        from tests.benchmarks.bench import handlers

        bus.connect(handlers)
