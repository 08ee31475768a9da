"""requirements.txt is a lock: exact, explained, complete, and free of any one package index."""

import re
import tomllib
from importlib.metadata import distributions

import pytest

from tests.architecture.source import ROOT
from tests.support.browsers import REQUIREMENTS as BROWSER

TRACING = "requirements-tracing.txt"
FILES = {
    name: (ROOT / name).read_text(encoding="utf-8").splitlines() for name in ("requirements.txt", BROWSER, TRACING)
}
LOCKS = {name: [line for line in lines if line and not line.startswith("#")] for name, lines in FILES.items()}
INSTALLERS = {"pip", "setuptools", "uv", "wheel"}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _versions(lock: list[str]) -> dict[str, str]:
    return {_normal(name): version for name, version in (line.split()[0].split("==") for line in lock)}


@pytest.mark.parametrize("name", FILES)
def test_every_line_is_one_exact_version_with_a_reason(name: str) -> None:
    pattern = re.compile(r"[A-Za-z0-9._-]+==[0-9][^ ]* +# \S.*")
    assert [line for line in LOCKS[name] if not pattern.fullmatch(line)] == []


@pytest.mark.parametrize("name", FILES)
def test_every_direct_requirement_says_what_it_is_needed_for(name: str) -> None:
    lines = FILES[name]
    direct = lines[: next(number for number, line in enumerate(lines) if line.startswith("# --- transitive"))]
    unexplained = [line for line in direct if "==" in line and "needed for:" not in line]
    assert unexplained == []


def test_what_is_installed_is_what_is_locked() -> None:
    installed = {_normal(found.metadata["Name"]): found.version for found in distributions()}
    locked, *apart = (_versions(LOCKS[name]) for name in FILES)
    here = {name: version for name, version in installed.items() if name not in INSTALLERS}
    more = [{}, *apart, apart[0] | apart[1]]
    assert here in [locked | versions for versions in more]


def test_tracing_is_an_extra_whose_versions_are_those_of_the_tests() -> None:
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    everything, tracing = _versions(LOCKS["requirements.txt"]), _versions(LOCKS[TRACING])
    assert set(extra["tracing"]) <= set(tracing)
    assert [name for name in everything.keys() & tracing if everything[name] != tracing[name]] == []
