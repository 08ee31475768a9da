"""requirements.txt is a lock: exact, explained, complete, and free of any one package index."""

import re
from importlib.metadata import distributions

from tests.architecture.source import ROOT

LINES = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
REQUIREMENTS = [line for line in LINES if line and not line.startswith("#")]
INSTALLERS = {"pip", "setuptools", "uv", "wheel"}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_line_is_one_exact_version_with_a_reason() -> None:
    pattern = re.compile(r"[A-Za-z0-9._-]+==[0-9][^ ]* +# \S.*")
    assert [line for line in REQUIREMENTS if not pattern.fullmatch(line)] == []


def test_every_direct_requirement_says_what_it_is_needed_for() -> None:
    direct = LINES[: next(number for number, line in enumerate(LINES) if line.startswith("# --- transitive"))]
    unexplained = [line for line in direct if "==" in line and "needed for:" not in line]
    assert unexplained == []


def test_what_is_installed_is_what_is_locked() -> None:
    locked = {_normal(name): version for name, version in (line.split()[0].split("==") for line in REQUIREMENTS)}
    installed = {_normal(found.metadata["Name"]): found.version for found in distributions()}
    assert {name: version for name, version in installed.items() if name not in INSTALLERS} == locked
