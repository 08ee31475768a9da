"""Run a command against a real PostgreSQL and Redis: `python -m tests.support.services -- pytest`.

DATABASE_URL and REDIS_URL from the environment are used untouched; what is not named there is started privately, on a
free port in a temporary folder, and stopped at the end. Nothing is ever guessed at 5432 or 6379.

JOBS=2 starts two of each, for two workers of `pytest -n auto`: the feed of events waits for the oldest transaction of
the whole server, so tests side by side would wait for one another. On given servers there is one worker.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import FrameType

from tests.support.parallel import list_of
from tests.support.private_postgres import PrivatePostgres
from tests.support.private_redis import PrivateRedis
from tests.support.processes import MissingServer, ServerFailed, supervised
from tests.support.server import PrivateServer

SERVERS: dict[str, type[PrivateServer]] = {"DATABASE_URL": PrivatePostgres, "REDIS_URL": PrivateRedis}


def main(arguments: Sequence[str]) -> int:
    if arguments[:1] != ["--"] or len(arguments) < 2:
        print("usage: python -m tests.support.services -- COMMAND [ARGUMENT …]", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that what is started is stopped
    try:
        with services() as environment:
            return run(arguments[1:], environment)
    except (MissingServer, ServerFailed) as error:
        print(f"tests/support/services: {error}", file=sys.stderr)
        return 1


@contextmanager
def services() -> Iterator[dict[str, str]]:
    """Yield the environment in which both servers are named, starting those that are not."""
    given = [variable for variable in SERVERS if os.environ.get(variable)]
    jobs = 1 if given else int(os.environ.get("JOBS", "1"))
    environment = {**os.environ, "GAUZY_TEST_SERVICES": "required", "PYTEST_XDIST_AUTO_NUM_WORKERS": str(jobs)}
    with ExitStack() as stack:
        for variable, server_class in SERVERS.items():
            if variable in given:
                say(f"{variable} is given: its server is used as it is")
                continue
            urls = [stack.enter_context(server_class()).url for _ in range(jobs)]
            environment |= {variable: urls[0], list_of(variable): " ".join(urls)}
            say(f"{server_class.__name__} started for this run: {', '.join(urls)}")
        yield environment


def run(command: Sequence[str], environment: dict[str, str]) -> int:
    """Run `command` to its end and return its exit status; a SIGTERM to us is passed on."""
    child = subprocess.Popen(supervised(command, dies_with=signal.SIGTERM), env=environment)

    def pass_on(number: int, _frame: FrameType | None) -> None:
        child.send_signal(number)

    signal.signal(signal.SIGTERM, pass_on)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the child by itself; we wait for its last words
    return child.wait()


def say(text: str) -> None:
    print(f"-- {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
