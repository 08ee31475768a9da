import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from employees.events import EmployeeCreatedEvent
from employees.models import Employee
from gauzy.eventbus.models import StoredEvent
from gauzy.eventbus.testing import recorded_events
from gauzy.notifications.models import EmailMessage
from tests.factories.people import Company, found_company

pytestmark = pytest.mark.django_db

CSV = "email,first_name,last_name\na@example.org,A,A\nnobody,B,B\n"


def manage(*arguments: object) -> tuple[str, str, int]:
    """Return what `manage.py employees …` prints to stdout and stderr, and its exit status."""
    out, err, status = StringIO(), StringIO(), 0
    try:
        call_command("employees", *map(str, arguments), stdout=out, stderr=err)
    except CommandError as error:
        err.write(str(error))
        status = error.returncode
    return out.getvalue(), err.getvalue(), status


@pytest.fixture
def of(company: Company) -> list[Any]:
    return ["--tenant", company.tenant_id, "--organization", company.organization.id]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(CSV)
    return path


def test_import_reports_each_line_and_fails_for_a_refusal(of: list[Any], file: Path) -> None:
    with recorded_events() as events:
        out, err, status = manage("import", file, *of, "--json")
    assert status == 1
    assert "1 of 2 lines refused" in err
    report = json.loads(out)
    assert (report["created"], report["refused"]) == (1, 1)
    assert report["lines"][1]["field"] == "email"
    assert len(events.of(EmployeeCreatedEvent)) == 1
    assert StoredEvent.objects.filter(actor_label="manage.py employees", actor_kind="command").count() == 2


def test_import_speaks_to_people_too(of: list[Any], file: Path) -> None:
    out, _, _ = manage("import", file, *of)
    assert "line 2: created a@example.org\n" in out
    assert "line 3: refused nobody: email: Enter a valid email address. (invalid)\n" in out
    assert "1 created, 0 exists, 1 refused." in out


def test_a_dry_run_says_that_nothing_was_written(of: list[Any], file: Path) -> None:
    with recorded_events() as events:
        out, _, status = manage("import", file, *of, "--dry-run")
    assert status == 1
    assert "Nothing was written" in out
    assert not events
    assert not Employee.unscoped.exists()


def test_one_refusal_undoes_an_atomic_import(of: list[Any], file: Path) -> None:
    with recorded_events() as events:
        _, _, status = manage("import", file, *of, "--atomic")
    assert status == 1
    assert not events


def test_a_clean_file_succeeds_and_progress_goes_to_stderr(of: list[Any], tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("email,first_name,last_name\n" + "".join(f"p{n}@example.org,P,{n}\n" for n in range(1000)))
    out, err, status = manage("import", path, *of, "--json")
    assert status == 0
    assert json.loads(out)["created"] == 1000
    assert "1000 of 1000 lines" in err


def test_create_makes_one_employee(of: list[Any]) -> None:
    out, _, status = manage(
        "create",
        *of,
        "--email",
        "ada@example.org",
        "--first-name",
        "Ada",
        "--last-name",
        "L",
        "--start-date",
        "2026-03-02",
    )
    assert status == 0
    employee = Employee.unscoped.select_related("user").get()
    assert (employee.user.email, str(employee.start_date)) == ("ada@example.org", "2026-03-02")
    assert str(employee.id) in out


def test_deliver_runs_what_is_owed(of: list[Any]) -> None:
    manage("create", *of, "--email", "ada@example.org", "--first-name", "Ada", "--last-name", "L", "--deliver")
    assert EmailMessage.objects.filter(to="ada@example.org").count() == 1


@pytest.mark.parametrize(
    "arguments",
    [[], ["import"], ["import", "--tenant", "x", "--organization", "7", "f.csv"], ["fire", "--tenant", "x"]],
)
def test_wrong_usage_is_an_error(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("employees", *arguments)


def test_a_file_that_cannot_be_read_is_wrong_usage(of: list[Any], tmp_path: Path) -> None:
    _, err, status = manage("import", tmp_path / "absent.csv", *of)
    assert status == 2
    assert "absent.csv cannot be read: No such file or directory." in err


def test_another_tenants_organization_is_unknown(company: Company, file: Path) -> None:
    foreign = found_company("Elsewhere").organization.id
    _, err, status = manage("import", file, "--tenant", company.tenant_id, "--organization", foreign)
    assert status == 1
    assert "organization_not_found" in err
    assert not Employee.unscoped.exists()
