"""Child processes that never outlive their parent, as another user where a server refuses root."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

START_TIMEOUT = 30.0  # seconds; a busy machine, not a broken one, may need many
STOP_TIMEOUT = 10.0


class MissingServer(RuntimeError):
    """No binary of a server was found; the message names the packages that bring one."""


class ServerFailed(RuntimeError):
    """A server did not start; the message carries the end of its log."""


@dataclass(frozen=True, slots=True)
class User:
    """An operating-system user for servers that refuse to run as root."""

    uid: int
    gid: int

    @property
    def setpriv_options(self) -> list[str]:
        return [f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups"]


def unprivileged_user() -> User | None:
    """Return whom to become when this is root (`postgres`, else `nobody`); None when this is an ordinary user."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return User(entry.pw_uid, entry.pw_gid)
    raise MissingServer("This is root, and there is neither a user postgres nor a user nobody to run PostgreSQL as.")


def supervised(command: Sequence[str], *, dies_with: signal.Signals, user: User | None = None) -> list[str]:
    """Return `command` so that the kernel sends it `dies_with` when the thread that starts it ends, however it ends.

    Without setpriv (util-linux, so on every Linux) the command runs as it is, which is fine except for a killed parent.
    """
    if setpriv := shutil.which("setpriv"):
        privileges = user.setpriv_options if user else []
        return [setpriv, *privileges, f"--pdeathsig={dies_with.name.removeprefix('SIG')}", "--", *command]
    if user:
        raise MissingServer("PostgreSQL refuses to run as root, and setpriv is missing: apt install util-linux")
    return list(command)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(process: subprocess.Popen[bytes], answers: Callable[[], bool], log: Path) -> None:
    """Return once `answers()`; raise `ServerFailed` if the process ends first or takes longer than START_TIMEOUT."""
    deadline = time.monotonic() + START_TIMEOUT
    while not answers():
        if process.poll() is not None:
            raise ServerFailed(f"{process.args!r} ended with {process.returncode}:\n{tail(log)}")
        if time.monotonic() > deadline:
            raise ServerFailed(f"{process.args!r} does not answer after {START_TIMEOUT:.0f} s:\n{tail(log)}")
        time.sleep(0.02)


def tail(log: Path, lines: int = 20) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else "(no log)"
