import json
import os
import signal
import sys
import time
from contextlib import nullcontext
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections, transaction

from gauzy import context
from gauzy.context import Actor, ActorKind
from tests.chaos.jobs.events import Behaviour
from tests.chaos.jobs.services import start_job

PUBLISHER = Actor(ActorKind.COMMAND, "publish_jobs")


class Command(BaseCommand):
    help = "Start the jobs that each line of stdin orders (JSON); answer each line with the milliseconds it took."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("tenant", type=UUID)

    def handle(self, *args: Any, tenant: UUID, **options: Any) -> None:
        self._answer("ready")
        for line in sys.stdin:
            close_old_connections()  # as a web server does before each request
            started = time.monotonic()
            with context.acting(tenant_id=tenant, actor=PUBLISHER):
                _obey(**json.loads(line))
            self._answer((time.monotonic() - started) * 1000)

    def _answer(self, answer: object) -> None:
        self.stdout.write(json.dumps(answer))
        self.stdout.flush()


def _obey(*, count: int, behaviour: Behaviour, troubled: str, dies: str, together: bool) -> None:
    """`together`: in one transaction instead of one each. `dies`: at which point of it this process kills itself."""
    with transaction.atomic() if together else nullcontext():
        if dies == "after commit":
            transaction.on_commit(_die)  # the first to run, so before any hint
        for _ in range(count):
            start_job(behaviour=Behaviour(behaviour), troubled=troubled)
        if dies == "before commit":
            _die()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
