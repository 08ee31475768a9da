"""README.md does what it says: its event is added to a copy of the product, and its walk is walked.

To the same copy `manage.py events new` adds another one: copies are slow.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from gauzy.eventops.demo.product import Product
from gauzy.eventops.mailcatcher import MailCatcher
from tests.architecture.source import PACKAGES, ROOT
from tests.docs.pages import page

README = page("README.md")
KEYS = page("docs/permissions.md")
OF_THIS_RUN = {"DATABASE_URL", "REDIS_URL", "BROKER_URL", "GAUZY_TEST_SERVICES"}
PATIENCE = 120  # seconds
SEPARATOR = "@@@@"
FIELDS = ("contract_id:UUID", "years:int", "label:str", "ends:date", "seen_at:datetime", "rate:Decimal", "final:bool")
NEW = ["employees", "contract_renewed", "--handler", "file_contract", *(f"--field={field}" for field in FIELDS)]
NEW_TEST = "tests/employees/test_contract_renewed.py"


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the product to which someone has added the event of README.md, and another with `events new`."""
    copy = tmp_path_factory.mktemp("product")
    for name in (*PACKAGES, "tests", "docs"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "images"))
    for name in ("manage.py", "pyproject.toml"):
        shutil.copy(ROOT / name, copy / name)
    for block in README.code("python", under="Add an event in five minutes"):
        first, _, code = block.partition("\n")
        with (copy / first.removeprefix("# ")).open("a", encoding="utf-8") as file:
            file.write(f"\n\n{code}" if not code.startswith(" ") else code)
    ran = _manage(copy, "manage.py", "events", "new", *NEW)
    assert f"pytest {NEW_TEST}" in ran.stdout
    return copy


@pytest.mark.sqlite  # once is enough
@pytest.mark.parametrize(
    "command",
    [
        ["-m", "pytest", "-q", "tests/employees/test_anniversaries.py", "tests/employees/test_services.py", NEW_TEST],
        ["manage.py", "check", "--fail-level", "WARNING"],
        ["manage.py", "makemigrations", "--check", "--dry-run"],
        ["-m", "ruff", "check", "--ignore=E402", "employees/events.py", "employees/handlers.py", NEW_TEST],
        ["-m", "ruff", "format", "--check", "employees/events.py", "employees/handlers.py", NEW_TEST],
    ],
    ids=["tests", "check", "makemigrations", "lint", "format"],
)
def test_the_event_that_readme_adds_works_and_that_of_events_new(followed: Path, command: list[str]) -> None:
    ran = _manage(followed, *command)
    assert ran.returncode == 0, ran.stdout


@pytest.mark.sqlite
@pytest.mark.parametrize("name", ["events.md", "events.schema.json"])
def test_an_event_of_events_new_is_in_the_catalogue(followed: Path, name: str) -> None:
    assert "employees.contract_renewed" in (followed / "docs" / name).read_text(encoding="utf-8")


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    """The product on an empty database, its mail caught."""
    mail = MailCatcher(0)
    mail.start()
    try:
        with Product(tmp_path, mail_port=mail.port) as running:
            yield running
    finally:
        mail.stop()


@pytest.mark.sqlite
@pytest.mark.celery
@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl, with which the walk is written")
def test_the_walk_through_the_api_works(product: Product, tmp_path: Path) -> None:
    blocks = [
        block.replace("http://127.0.0.1:8000", product.url)
        for block in (*README.code("sh", under="A walk through the API"), *KEYS.code("sh", under="API keys"))
    ]
    walk = f"\nprintf {SEPARATOR!r}; sleep 1\n".join(blocks)  # people take longer to read
    ran = _run(["bash", "-euc", walk], cwd=tmp_path, environment=os.environ)
    assert ran.returncode == 0, ran.stdout
    _, registered, me, verified, employee, event, activity, opened, refused, ended = ran.stdout.split(SEPARATOR)
    assert json.loads(registered)["email"] == "grace@example.org"
    assert json.loads(me)["membership"]["role"] == "owner"
    assert verified.strip() == "204"
    assert json.loads(employee)["status"] == "active"
    states = {delivery["handler"]: delivery["state"] for delivery in json.loads(event)["deliveries"]}
    assert set(states.values()) <= {"done", "skipped"}
    assert states["employees.send_welcome_email"] == "done"
    assert "Employee created by Grace Hopper" in [row["description"] for row in json.loads(activity)["results"]]
    assert json.loads(opened)["results"][0]["first_name"] == "Alan"
    assert json.loads(refused)["code"] == "missing_scope"
    assert [json.loads(line).get("code") for line in ended.replace("}{", "}\n{").splitlines()] == [
        None,
        "invalid_token",
    ]


def _manage(copy: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in OF_THIS_RUN}
    return _run([sys.executable, *command], cwd=copy, environment=environment)


def _run(command: Sequence[str], *, cwd: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=cwd,
        env=dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
