"""Time from files at the desk: uploaded, tried, imported with a verdict on each row, taken back."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from employees.models import Employee
from gauzy.eventbus.testing import recorded_events
from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import acting_as
from tests.factories.desk import desk_of, page_of, text_of
from tests.factories.people import Company, acting_for, found_company, hire, hire_as, team_of
from tests.factories.platform import new_member
from tests.timetracking.importing_samples import EMAILS, sample
from timetracking.admin import import_page
from timetracking.events import TimeImportedEvent
from timetracking.importing.reading import MAX_BYTES
from timetracking.importing.running import import_time
from timetracking.models import TimeImport, TimeLog

pytestmark = pytest.mark.django_db
UPLOAD = reverse("admin:timetracking_timeimport_import_csv")
LIST = reverse("admin:timetracking_timeimport_changelist")
PRESSED: dict[str, Any] = {"_form_submitted": "on"}  # the button in the dialog
HEADER = "Email,Start date,Start time,End date,End time\n"


@pytest.fixture
def people(company: Company) -> None:
    for who, email in EMAILS.items():
        hire(company, email=email, first_name=who.title(), last_name="X")


def upload(company: Company, content: bytes, *, by: Any = None, button: str = "import", **values: Any) -> Any:
    filled = {
        "organization_id": str(company.organization.id),
        "file": SimpleUploadedFile("t.csv", content),
        "time_zone": "Europe/Berlin",
        "day_start": "09:00",
        "create_missing": "on",
    }
    return desk_of(by or company.owner).post(UPLOAD, filled | {button: ""} | values)


def told(answer: Any) -> list[tuple[int, str, str]]:
    return [(row.line, str(row.verdict), row.code) for row, _ in answer.context["verdicts"]]


@pytest.mark.rule("imports.rows", "imports.dry-run")
def test_a_dry_run_tells_of_each_row_what_the_import_then_does(company: Company, people: None) -> None:
    with recorded_events() as events:
        dry = upload(company, sample("toggl-detailed.csv"), button="try")
    assert not events
    assert not TimeImport.unscoped.exists()
    real = upload(company, sample("toggl-detailed.csv"))
    assert told(real) == told(dry)
    done = TimeImport.unscoped.get()
    assert (done.file_name, done.created, done.refused) == ("t.csv", 21, 4)
    assert page_of(done) in text_of(real)
    assert (10, "refused", "unknown_person") in told(real)


@pytest.mark.rule("imports.twice")
def test_the_same_file_again_adds_nothing(company: Company, people: None) -> None:
    upload(company, sample("harvest-detailed.csv"))
    before = TimeLog.unscoped.count()
    again = upload(company, sample("harvest-detailed.csv"))
    assert TimeLog.unscoped.count() == before
    assert {verdict for _, verdict, _ in told(again)} <= {"known", "refused"}


def test_all_or_nothing_writes_nothing_when_a_row_is_refused(company: Company, people: None) -> None:
    answer = upload(company, sample("toggl-detailed.csv"), atomic="on")
    assert "every row is undone" in text_of(answer)
    assert not TimeLog.unscoped.exists()


def test_what_is_missing_is_made_only_if_wished(company: Company, people: None) -> None:
    answer = upload(company, sample("toggl-detailed.csv"), create_missing="")
    assert "project_not_found" in {code for _, _, code in told(answer)}


@pytest.mark.rule("imports.formats")
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The submitted file is empty."),
        (b"PK\x03\x04rest", "Export as CSV."),
        (b"Email,Start date\n\x81\x8d", "neither UTF-8, UTF-16 nor Windows-1252"),
        (b"Name,Age\nAda,36\n", "no time report that is known"),
        (HEADER.encode() + b'"never closed,2026-01-01\n', "quote"),
        (b"\x00" * 64, "no time report that is known"),
    ],
    ids=["empty", "a spreadsheet", "another encoding", "another table", "a quote without end", "zeros"],
)
def test_a_file_that_is_none_is_refused_in_words(company: Company, content: bytes, said: str) -> None:
    answer = upload(company, content)
    assert answer.status_code == 200
    assert said in text_of(answer)
    assert not TimeImport.unscoped.exists()


def test_a_huge_file_is_refused_in_words(company: Company) -> None:
    answer = upload(company, HEADER.encode() + b"x" * MAX_BYTES)
    assert f"more than {MAX_BYTES}. Split it." in text_of(answer)


def test_an_unknown_zone_or_order_is_refused_beside_its_field(company: Company) -> None:
    answer = upload(company, HEADER.encode(), time_zone="Mars/Olympus", date_order="ydm", day_start="soon")
    assert answer.context["form"].errors.keys() == {"time_zone", "date_order", "day_start"}


def test_of_a_long_file_what_is_wrong_is_shown_first(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_page, "MOST_ROWS", 2)
    ada = hire(company).user.email
    rows = [f"{who},2026-06-02,{hour:02}:00,2026-06-02,{hour:02}:30" for hour, who in enumerate([ada] * 3 + ["?@x.y"])]
    answer = upload(company, (HEADER + "\n".join(rows)).encode())
    assert told(answer) == [(2, "created", ""), (5, "refused", "unknown_person")]
    assert "2 more rows" in text_of(answer)


def test_managers_import_the_time_of_their_people_and_others_nobodys(company: Company, people: None) -> None:
    boss, member = hire_as(company, Role.MANAGER)
    team_of(company, managers=[boss], members=[Employee.unscoped.get(user__email=EMAILS["mirela"])])
    with recorded_events() as events:
        answer = upload(company, sample("toggl-detailed.csv"), by=member)
    assert {row.person for row, _ in answer.context["verdicts"] if not row.code} == {EMAILS["mirela"]}
    assert events.of(TimeImportedEvent)[0].created
    for role in (Role.EMPLOYEE, Role.VIEWER):
        assert upload(company, b"", by=new_member(company.owner, role)).status_code in {302, 403}


def test_another_tenants_organization_is_no_choice(company: Company) -> None:
    answer = upload(company, HEADER.encode(), organization_id=str(found_company("Rival").organization.pk))
    assert "organization_id" in answer.context["form"].errors


def test_managers_see_the_imports_they_made_as_over_the_api(company: Company) -> None:
    member, other = (new_member(company.owner, Role.MANAGER) for _ in range(2))
    with acting_as(member):
        import_time(content=sample("toggl-detailed.csv"), organization_id=company.organization.id, file_name="t.csv")
    page = page_of(TimeImport.unscoped.get())
    seen = [desk_of(one).get(page).status_code for one in (member, company.owner, other)]
    assert seen == [200, 200, 404]


def test_an_import_is_shown_with_its_problems_and_undone(company: Company) -> None:
    with acting_for(company):
        import_time(content=sample("toggl-detailed.csv"), organization_id=company.organization.id, file_name="t.csv")
    done = TimeImport.unscoped.get()
    desk = desk_of(company.owner)
    assert UPLOAD in text_of(desk.get(LIST))
    assert "unknown_person" in text_of(desk.get(page_of(done)))
    undo = reverse("admin:timetracking_timeimport_undo", args=(done.pk,))
    assert undo in text_of(desk.get(page_of(done)))
    desk.post(undo, PRESSED)
    done.refresh_from_db()
    assert done.undone_at
    assert undo not in text_of(desk.get(page_of(done)))
