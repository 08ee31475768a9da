"""Imports over HTTP: upload, dry run, verdicts, undo."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gauzy.tenancy.choices import Role
from tests.factories.people import Company, hire
from tests.factories.platform import new_member, token_client
from tests.timetracking.importing_samples import EMAILS, sample

pytestmark = pytest.mark.django_db
IMPORTS = "/api/v1/timelog-imports"


@pytest.fixture
def people(company: Company) -> None:
    for who, email in EMAILS.items():
        hire(company, email=email, first_name=who.title(), last_name="X")


def upload(company: Company, name: str, api: Any = None, key: str = "", **options: Any) -> Any:
    file = SimpleUploadedFile(name, sample(name), content_type="text/csv")
    body = {"file": file, "organization_id": str(company.organization.id), "time_zone": "Europe/Berlin"} | options
    headers = {"Idempotency-Key": key} if key else {}
    return (api or token_client(company.owner)).post(IMPORTS, body, format="multipart", headers=headers)


@pytest.mark.rule("imports.rows")
def test_a_file_is_tried_imported_and_undone(company: Company, people: None) -> None:
    api = token_client(company.owner)
    dry = upload(company, "toggl-detailed.csv", api, dry_run="true").json()
    assert (dry["applied"], dry["created"], dry["refused"]) == (False, 21, 4)
    real = upload(company, "toggl-detailed.csv", api).json()
    assert real["rows"] == dry["rows"]
    [listed] = api.get(IMPORTS).json()["results"]
    assert (listed["id"], listed["file_name"], listed["created"]) == (real["time_import_id"], "toggl-detailed.csv", 21)
    assert {problem["code"] for problem in listed["problems"] if problem["code"]} == {
        "zero_duration", "unknown_person", "overlap",
    }  # fmt: skip
    undone = api.post(f"{IMPORTS}/{real['time_import_id']}/undo", {}, format="json")
    assert undone.status_code == 200
    assert undone.json()["undone_at"]


def test_another_file_with_the_same_key_is_another_request(company: Company, people: None) -> None:
    api = token_client(company.owner)
    statuses = [
        upload(company, name, api, key="k-1").status_code
        for name in ("toggl-detailed.csv", "toggl-detailed.csv", "harvest-detailed.csv")
    ]
    assert statuses == [200, 200, 422]


def test_a_summary_report_is_refused_with_the_way_out(company: Company) -> None:
    answer = upload(company, "toggl-summary.csv")
    assert (answer.status_code, answer.json()["code"]) == (400, "summary_report")
    assert "Reports → Detailed" in answer.json()["detail"]


def test_atomic_names_the_lines_at_fault(company: Company, people: None) -> None:
    answer = upload(company, "toggl-detailed.csv", atomic="true")
    assert (answer.status_code, answer.json()["code"]) == (409, "import_refused")
    assert set(answer.json()["errors"]) == {"lines.4", "lines.10", "lines.14", "lines.17"}


@pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.VIEWER])
def test_importing_is_for_managers(company: Company, role: Role) -> None:
    assert upload(company, "toggl-detailed.csv", token_client(new_member(company.owner, role))).status_code == 403


def test_a_manager_sees_and_undoes_only_imports_of_their_own(company: Company, people: None) -> None:
    done = upload(company, "toggl-detailed.csv").json()["time_import_id"]
    manager = token_client(new_member(company.owner, Role.MANAGER))
    assert manager.get(IMPORTS).json()["results"] == []
    assert manager.get(f"{IMPORTS}/{done}").status_code == 404
    assert manager.post(f"{IMPORTS}/{done}/undo", {}, format="json").status_code == 404
    mine = upload(company, "toggl-detailed.csv", manager).json()["time_import_id"]
    assert [row["id"] for row in manager.get(IMPORTS).json()["results"]] == [mine]
