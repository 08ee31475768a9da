"""The product, and one more app whose handlers do nothing but tell that they began."""

from gauzy.settings import *  # noqa: F403  settings modules are namespaces by Django's convention
from gauzy.settings import EVENTBUS, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.benchmarks.bench"]
EVENTBUS = {**EVENTBUS, "QUEUES": [*EVENTBUS["QUEUES"], "bench"]}
CELERY_IMPORTS = ["tests.benchmarks.bench.tasks"]
SILENCED_SYSTEM_CHECKS = ["eventbus.E003"]  # only the handlers of the experiments are connected, see bench.apps
