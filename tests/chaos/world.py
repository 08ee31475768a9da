"""What handlers do outside any database: a folder with a journal that no rollback shortens, and gates to wait at."""

import json
import os
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

VARIABLE = "JOBS_WORLD"
LONGEST_WAIT = 60.0  # seconds at a gate, so that a failed test does not leave handlers waiting


@dataclass(frozen=True, slots=True)
class Entry:
    """A handler began to work on an event."""

    handler: str
    event_id: str
    key: str
    attempt: int
    pid: int


class World:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._journal = folder / "journal"
        self._journal.touch()

    def note(self, entry: Entry) -> None:
        """Append in one write, which other processes do not interrupt."""
        journal = os.open(self._journal, os.O_WRONLY | os.O_APPEND)
        try:
            os.write(journal, f"{json.dumps(asdict(entry))}\n".encode())
        finally:
            os.close(journal)

    def entries(self, handler: str = "") -> list[Entry]:
        """Return what is noted, in order; of one handler if it is named."""
        entries = [Entry(**json.loads(line)) for line in self._journal.read_text().splitlines()]
        return [entry for entry in entries if handler in ("", entry.handler)]

    def open(self, gate: str) -> None:
        (self._folder / gate).touch()

    def close(self, gate: str) -> None:
        (self._folder / gate).unlink(missing_ok=True)

    def is_open(self, gate: str) -> bool:
        return (self._folder / gate).exists()

    def wait_at(self, gate: str) -> None:
        deadline = time.monotonic() + LONGEST_WAIT
        while not self.is_open(gate) and time.monotonic() < deadline:
            threading.Event().wait(0.01)


def here() -> World:
    """Return the world of this process."""
    return World(Path(os.environ[VARIABLE]))
