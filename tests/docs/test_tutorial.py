"""docs/tutorial.md, followed to the letter in a copy of the product, restarted where the page says so."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.architecture.source import PACKAGES, ROOT
from tests.docs.pages import page
from tests.support.processes import free_port, tail

PAGE = page("docs/tutorial.md")
BLOCK = re.compile(r"^```(?P<language>sh|python)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
OURS = {"DATABASE_URL", "REDIS_URL", "BROKER_URL", "GAUZY_TEST_SERVICES", "PUBLIC_URL"}
PATIENCE = 60  # seconds
STARTED = "Ctrl-C stops everything"  # the last thing it says
SEPARATOR = "@@@@"
REMEMBER = "declare -p EVENT TENANT ORGANIZATION 2>/dev/null || true; declare -f field || true"


class Reader:
    """Somebody with two terminals: `make run` in one, the page's commands in the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "first-terminal.log"
        self.log.touch()
        kept = {name: value for name, value in os.environ.items() if name not in OURS}
        bin_folder = Path(sys.executable).parent
        self.environment = kept | {"PATH": f"{bin_folder}:{kept['PATH']}", "EMAIL_PORT": "0"}
        self._memory = ""
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        port, earlier = free_port(), self.log.read_text().count(STARTED)
        with self.log.open("ab") as log:
            self._server = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--demo", f"--port={port}"],
                cwd=self.folder,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + PATIENCE
        while self.log.read_text().count(STARTED) <= earlier or not _answers(port):
            assert self._server.poll() is None, tail(self.log)
            assert time.monotonic() < deadline, tail(self.log)
            time.sleep(0.1)

    def stop(self) -> None:
        if self._server and self._server.poll() is None:
            self._server.send_signal(signal.SIGINT)
            self._server.wait(PATIENCE)
        self._server = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def write(self, block: str) -> None:
        """Add a block of code to the end of the file that its first line names."""
        first, _, code = block.partition("\n")
        with (self.folder / first.removeprefix("# ")).open("a", encoding="utf-8") as file:
            file.write(f"\n\n{code}")

    def type(self, block: str) -> str:
        """Run a block in the second terminal, which remembers what the blocks before set."""
        script = f"{self._memory}\nset -euo pipefail; exec 2>&1\n{block}\necho {SEPARATOR}; {REMEMBER}"
        ran = subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert ran.returncode == 0, f"{block}\n{ran.stdout}\n{tail(self.log)}"
        said, _, self._memory = ran.stdout.partition(f"{SEPARATOR}\n")
        return said


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health/ready", timeout=5).is_success
    except httpx.TransportError:
        return False


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    for name in PACKAGES:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", tmp_path)
    activate = tmp_path / ".venv/bin/activate"
    activate.parent.mkdir(parents=True)
    activate.touch()  # the interpreter of these tests is the environment
    reader = Reader(tmp_path)
    try:
        reader.start()
        yield reader
    finally:
        reader.stop()


@pytest.mark.sqlite
@pytest.mark.celery
def test_the_tutorial_works(reader: Reader) -> None:
    blocks = [(found["language"], found["text"]) for found in BLOCK.finditer(PAGE.text)]
    python = [text for language, text in blocks if language == "python"]
    started, hired, explained, listed, dead, _, healed = _followed(reader, blocks)
    assert len(python) == 1
    assert "employees.employee_created" in started
    assert "created" in hired
    assert "employees.send_welcome_email" in explained
    assert "employees.greet" in listed
    assert "I do not know how to greet." in dead
    assert "Nothing is dead." in healed
    reader.stop()  # a terminal shows each line at once, a file what was flushed
    assert "Welcome!" in reader.log.read_text()


def _followed(reader: Reader, blocks: list[tuple[str, str]]) -> list[str]:
    said = []
    for language, text in blocks:
        if language == "python":
            reader.write(text)
        else:
            said.append(reader.type(text))
        if language == "python" or text.startswith("sed "):
            reader.restart()
    return said
