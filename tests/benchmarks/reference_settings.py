"""Celery as one runs it to lose no task: `acks_late`, and a Redis that remembers who holds what (Celery's default)."""

from tests.benchmarks.settings import *  # noqa: F403  settings modules are namespaces by Django's convention

CELERY_TASK_ACKS_LATE = True
CELERY_BROKER_TRANSPORT_OPTIONS = {}
