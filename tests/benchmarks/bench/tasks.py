"""What Celery does without a bus."""

import time

from celery import shared_task

from tests.benchmarks.bench.beginnings import tell


@shared_task(name="reference.nothing")
def nothing() -> None: ...


@shared_task(name="reference.tell")
def tell_when_it_began() -> None:
    tell(time.time())
