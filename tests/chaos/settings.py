"""The product, and one more app whose handlers are there to be killed; the bus is as ever, only less patient."""

import json
import os

from gauzy.settings import *  # noqa: F403  settings modules are namespaces by Django's convention
from gauzy.settings import EVENTBUS, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.chaos.jobs"]

EVENTBUS = {
    **EVENTBUS,
    "LEASE": 1.0,
    "RETRY_LADDER": [0.1, 0.1],
    "AFTER_COMMIT_GRACE": 1.0,
    "CRASH_LIMIT": 1_000,  # one delivery may have bad luck in many rounds
    "SWEEP_INTERVAL": 0.3,
    **json.loads(os.environ.get("JOBS_EVENTBUS", "{}")),
}
