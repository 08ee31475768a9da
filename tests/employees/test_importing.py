import pytest

from employees.choices import Verdict
from employees.events import EmployeeCreatedEvent
from employees.exceptions import (
    DuplicateColumn,
    EmptyFile,
    FileTooLarge,
    MissingColumn,
    UnknownColumn,
    UnreadableHeader,
)
from employees.importing import ImportReport, import_employees
from employees.importing.reading import MAX_BYTES
from employees.models import Employee
from gauzy.eventbus.testing import recorded_events
from gauzy.exceptions import Invalid
from gauzy.organizations.exceptions import OrganizationNotFound
from gauzy.users.choices import UserSource
from gauzy.users.events import UserRegisteredEvent
from gauzy.users.models import User
from tests.factories.people import Company, acting_for, found_company, hire

pytestmark = pytest.mark.django_db

HEADER = "email,first_name,last_name,start_date,job_title,time_zone,external_id"


def csv_of(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *lines, ""]).encode()


def run(company: Company, content: bytes, *, dry_run: bool = False, atomic: bool = False) -> ImportReport:
    with acting_for(company):
        return import_employees(
            content=content, organization_id=company.organization.id, dry_run=dry_run, atomic=atomic
        )


def verdicts(report: ImportReport) -> list[tuple[int, str, str, str]]:
    return [(line.line, line.verdict.value, line.field, line.code) for line in report.lines]


def employees_of(company: Company) -> int:
    return Employee.unscoped.filter(organization=company.organization).count()


# --- what a good file does --------------------------------------------------------------------------------------------


def test_lines_become_employees(company: Company) -> None:
    content = csv_of("Ada@example.com,Ada,Lovelace,2026-03-02,Analyst,Europe/London,7", "bob@example.com,Bob,Bo,,,,")
    with recorded_events() as events:
        report = run(company, content)
    assert verdicts(report) == [(2, "created", "", ""), (3, "created", "", "")]
    assert (report.applied, report.count(Verdict.CREATED)) == (True, 2)
    ada = Employee.unscoped.select_related("user").get(external_id="7")
    assert (ada.user.email, ada.time_zone, str(ada.start_date)) == ("ada@example.com", "Europe/London", "2026-03-02")
    assert {event.source for event in events.of(UserRegisteredEvent)} == {UserSource.IMPORT}
    assert len(events.of(EmployeeCreatedEvent)) == 2


def test_running_twice_says_exists_and_publishes_nothing(company: Company) -> None:
    content = csv_of("ada@example.com,Ada,Lovelace,,,,")
    run(company, content)
    with recorded_events() as events:
        report = run(company, content)
    assert verdicts(report) == [(2, "exists", "", "")]
    assert not events


def test_a_repeated_person_exists_the_second_time(company: Company) -> None:
    report = run(company, csv_of("ada@example.com,Ada,L,,,,", "ADA@example.com,Ada,L,,,,"))
    assert verdicts(report) == [(2, "created", "", ""), (3, "exists", "", "")]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_bom_quotes_blank_lines_and_column_order_are_tolerated(company: Company, ending: str) -> None:
    lines = [
        "last_name, email ,first_name",
        '"Love, Ada",ada@example.com,"A ""Countess"""',
        "",
        ",,",
        "Zoë,z@example.com,Z",
    ]
    report = run(company, b"\xef\xbb\xbf" + ending.join(lines).encode())
    assert verdicts(report) == [(2, "created", "", ""), (5, "created", "", "")]
    ada = Employee.unscoped.get(user__email="ada@example.com")
    assert (ada.first_name, ada.last_name) == ('A "Countess"', "Love, Ada")


@pytest.mark.parametrize("header", ["Email;First name;LAST_NAME", "email; first_name ;last_name"])
def test_spreadsheets_semicolons_and_headings_are_read(company: Company, header: str) -> None:
    report = run(company, csv_of("ada@example.com;Ada;Lovelace, Countess", ";;", header=header))
    assert verdicts(report) == [(2, "created", "", "")]
    assert Employee.unscoped.get(user__email="ada@example.com").last_name == "Lovelace, Countess"


# --- what a bad line costs --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "field", "code"),
    [
        (b"nobody,B,C,,,,", "email", "invalid"),
        (b",B,C,,,,", "email", "missing_value"),
        (b"b@example.com,B,,,,,", "last_name", "missing_value"),
        (b"b@example.com,B,C,02/03/2026,,,", "start_date", "invalid_date"),
        (b"b@example.com,B,C,2026-02-30,,,", "start_date", "invalid_date"),
        (b"b@example.com,B,C,2026-W01-1,,,", "start_date", "invalid_date"),
        (b"b@example.com,B,C,,,Europe/Atlantis,", "time_zone", "invalid"),
        (b"b@example.com,B,C,,,,taken", "external_id", "external_id_taken"),
        (b"b@example.com,B,C", "start_date", "wrong_field_count"),
        (b"b@example.com,B,C,,,,,", "", "wrong_field_count"),
        (b"b@example.com,B\xfc,C,,,,", "first_name", "wrong_encoding"),
        (b"b@example.com,B\xed\xa0\x80,C,,,,", "first_name", "wrong_encoding"),
        (b"b@example.com,B,C,,\0,,", "job_title", "nul_character"),
        (b'b@example.com,"B,C,,,,', "", "malformed_line"),
        (b'b@example.com,"B"x,C,,,,', "", "malformed_line"),
        (b"b@example.com,B,C,," + b"x" * 201 + b",,", "job_title", "invalid"),
        (b"b@example.com,B,C,," + b"x" * 200_000 + b",,", "", "malformed_line"),
    ],
)
def test_a_bad_line_is_refused_alone(company: Company, line: bytes, field: str, code: str) -> None:
    hire(company, external_id="taken")
    content = csv_of("a@example.com,A,A,,,,") + line + b"\nz@example.com,Z,Z,,,,\n"
    with recorded_events() as events:
        report = run(company, content)
    assert verdicts(report) == [(2, "created", "", ""), (3, "refused", field, code), (4, "created", "", "")]
    assert report.lines[1].message
    assert len(events.of(EmployeeCreatedEvent)) == 2
    assert not User.objects.filter(email="b@example.com").exists()


def test_line_500_of_1000_costs_itself_only(company: Company) -> None:
    lines = [f"p{number}@example.com,P,{number},,,,{number}" for number in range(1000)]
    lines[498] = "broken@@example.com,P,498,,,,498"  # the header is line 1
    steps: list[tuple[int, int]] = []
    with acting_for(company), recorded_events() as events:
        report = import_employees(
            content=csv_of(*lines),
            organization_id=company.organization.id,
            progress=lambda done, total: steps.append((done, total)),
        )
    assert (report.count(Verdict.CREATED), report.count(Verdict.REFUSED)) == (999, 1)
    assert [(line.line, line.email, line.field) for line in report.lines if line.code] == [
        (500, "broken@@example.com", "email")
    ]
    assert len(events.of(EmployeeCreatedEvent)) == employees_of(company) == 999
    assert (steps[0], steps[-1]) == ((100, 1000), (1000, 1000))


def test_the_report_holds_nothing_that_a_terminal_would_obey(company: Company) -> None:
    report = run(company, csv_of() + b"\x1b[31mred\x80@example.com,A,A,,,,\n")
    assert report.lines[0].email.isprintable()


# --- all or nothing ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("atomic", [False, True])
def test_a_dry_run_reports_what_the_real_run_does_and_leaves_nothing(company: Company, atomic: bool) -> None:
    content = csv_of(
        *(f"p{number}@example.com,P,P,,,,{number}" for number in range(150)),
        "p3@example.com,P,P,,,,",
        "late@example.com,P,P,,,,3",
        "nobody,P,P,,,,",
    )
    with recorded_events() as events:
        rehearsal = run(company, content, dry_run=True, atomic=atomic)
    assert not rehearsal.applied
    assert not events
    assert employees_of(company) == 0
    assert User.objects.count() == 1
    assert run(company, content).lines == rehearsal.lines
    assert employees_of(company) == 150


def test_one_refusal_undoes_an_atomic_import(company: Company) -> None:
    with recorded_events() as events:
        report = run(company, csv_of("a@example.com,A,A,,,,", "nobody,B,B,,,,"), atomic=True)
    assert (report.applied, list(report.refusals)) == (False, [3])
    assert not events
    assert employees_of(company) == 0


def test_who_exists_does_not_undo_an_atomic_import(company: Company) -> None:
    hire(company, email="a@example.com")
    report = run(company, csv_of("a@example.com,A,A,,,,", "b@example.com,B,B,,,,"), atomic=True)
    assert report.applied
    assert verdicts(report) == [(2, "exists", "", ""), (3, "created", "", "")]


# --- files that are useless -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "refusal", "field"),
    [
        (b"", EmptyFile, None),
        (b"\n\n", EmptyFile, None),
        (csv_of(header="email,first_name,last_name,shoe_size"), UnknownColumn, "shoe_size"),
        (csv_of(header="email|first_name|last_name"), UnknownColumn, "email|first_name|last_name"),
        (csv_of(header="email,first_name,last_name,email"), DuplicateColumn, "email"),
        (csv_of(header="email,first_name"), MissingColumn, "last_name"),
        (csv_of(header='email,"first_name'), UnreadableHeader, None),
        (HEADER.encode("utf-16"), UnreadableHeader, None),
        (HEADER.encode("utf-16-le"), UnreadableHeader, None),
        (b"x" * (MAX_BYTES + 1), FileTooLarge, None),
        (csv_of(*["a@example.com,A,A"] * 20_001, header="email,first_name,last_name"), FileTooLarge, None),
    ],
)
def test_a_useless_file_is_refused_as_a_whole(
    company: Company, content: bytes, refusal: type[Invalid], field: str | None
) -> None:
    with recorded_events() as events, pytest.raises(refusal) as raised:
        run(company, content)
    assert list(raised.value.fields) == ([field] if field else [])
    assert not events
    assert employees_of(company) == 0


def test_another_tenants_organization_is_unknown(company: Company) -> None:
    foreign = found_company("Elsewhere").organization.id
    with acting_for(company), pytest.raises(OrganizationNotFound):
        import_employees(content=csv_of("a@example.com,A,A,,,,"), organization_id=foreign)
    assert not Employee.unscoped.exists()
