from django.apps import AppConfig

from gauzy import eventbus as bus
from gauzy.eventbus.catalogue import catalogue


class BenchConfig(AppConfig):
    """The last app: of all handlers, only those of the experiments, in publishers and workers alike.

    A worker that knew more of them would owe them the events that such a publisher stored: it reconciles.
    """

    name = "tests.benchmarks.bench"
    label = "bench"

    def ready(self) -> None:
        from tests.benchmarks.bench import handlers

        for other in catalogue.handlers:
            catalogue.remove_handler(other)
        bus.connect(handlers)
