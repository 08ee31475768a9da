"""DOMAIN §1 and §5 in reports: local days, sums that add up, amounts only for those with the right."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from employees.models import Employee
from gauzy.tenancy.choices import Role
from tests.factories.billing import NINE, client_of, log_of, project_of
from tests.factories.people import Company, acting_for, found_company, hire, hire_as, membership_of, team_of
from tests.factories.platform import new_member, token_client
from timetracking.calendar import Unit
from timetracking.choices import ReportGroup
from timetracking.models import Project
from timetracking.money import total
from timetracking.reporting import Place, Report, Sum, make_report
from timetracking.selectors.reports import ReportQuestion, time_report
from timetracking.services.clients import ensure_tags

WEEK = {"first_day": "2026-03-02", "last_day": "2026-03-08"}
KINDS = ("daily", "weekly", "summary")


@pytest.fixture
def project(company: Company) -> Project:
    return project_of(client_of(company))


def report(company: Company, kind: str, api: Any = None, **asked: Any) -> Any:
    query = {"organization_id": str(company.organization.id)} | WEEK | asked
    return (api or token_client(company.owner)).get(f"/api/v1/reports/{kind}", query)


def text_of(answer: Any) -> str:
    return str(answer.getvalue().decode())


@pytest.mark.rule("time.split")
@pytest.mark.parametrize(
    ("zone", "days"),
    [
        ("UTC", {"2026-03-02": 3_600, "2026-03-03": 3_600}),
        ("Europe/Berlin", {"2026-03-03": 7_200}),
        ("America/New_York", {"2026-03-02": 7_200}),
        ("Asia/Kathmandu", {"2026-03-03": 7_200}),
    ],
)
def test_a_log_over_midnight_is_split_by_the_days_of_the_asked_zone(
    company: Company, ada: Employee, project: Project, zone: str, days: dict[str, int]
) -> None:
    log_of(ada, project, start=datetime(2026, 3, 2, 23, tzinfo=UTC), hours=2)
    answer = report(company, "daily", time_zone=zone).json()
    assert {row["period"]: row["totals"]["seconds"] for row in answer["rows"]} == days
    assert (answer["totals"]["seconds"], answer["time_zone"]) == (7_200, zone)


@pytest.mark.rule("time.durations")
@pytest.mark.parametrize(
    ("day", "hours"),
    [
        ("2026-03-29 Europe/Berlin", 23),
        ("2026-10-25 Europe/Berlin", 25),
        ("2026-04-05 Australia/Lord_Howe", 24.5),
        ("2026-03-08 America/Havana", 23),
    ],
)
def test_a_day_with_a_change_of_clocks_has_the_hours_it_had(
    company: Company, ada: Employee, project: Project, day: str, hours: float
) -> None:
    day, zone = day.split()
    noon = datetime.fromisoformat(f"{day}T12:00:00Z")
    log_of(ada, project, start=noon - timedelta(days=3), hours=6 * 24)
    answer = report(company, "daily", time_zone=zone, first_day=day, last_day=day).json()
    assert [row["totals"]["seconds"] for row in answer["rows"]] == [hours * 3_600]


def test_only_the_part_inside_the_days_counts(company: Company, ada: Employee, project: Project) -> None:
    log_of(ada, project, start=datetime(2026, 3, 8, 23, tzinfo=UTC), hours=2)
    answer = report(company, "weekly").json()
    assert [(row["period"], row["totals"]["seconds"]) for row in answer["rows"]] == [("2026-03-02", 3_600)]


@pytest.mark.rule("money.currencies")
def test_currencies_stay_apart(company: Company, ada: Employee, project: Project) -> None:
    log_of(ada, project)
    log_of(ada, project, start=NINE + timedelta(hours=2), rate_currency="JPY")
    answer = report(company, "summary").json()
    expected = [{"currency": "EUR", "amount": "100.00"}, {"currency": "JPY", "amount": "100"}]
    assert answer["totals"]["amounts"] == answer["rows"][0]["totals"]["amounts"] == expected


@pytest.mark.parametrize(
    ("group_by", "names"),
    [
        ("employee", ["Ada Lovelace"]),
        ("project", ["Site"]),
        ("client", ["Initech"]),
        ("task", [""]),
        ("tag", ["deep", "remote"]),
    ],
)
def test_time_is_grouped(company: Company, ada: Employee, project: Project, group_by: str, names: list[str]) -> None:
    log = log_of(ada, project)
    with acting_for(company):
        log.tags.set(ensure_tags(organization_id=company.organization.id, names=["deep", "remote"]))
    answer = report(company, "summary", group_by=group_by).json()
    assert [row["group_name"] for row in answer["rows"]] == names
    assert answer["totals"]["seconds"] == 3_600


@pytest.mark.rule("rounding.reports")
def test_each_log_is_rounded_on_the_local_clock_and_stays_as_it_is(
    company: Company, ada: Employee, project: Project
) -> None:
    log = log_of(ada, project, start=NINE + timedelta(minutes=5), hours=0.5)  # 14:50 to 15:20 in Kathmandu
    asked: dict[str, Any] = {"round_to": 900, "rounding": "up", "time_zone": "Asia/Kathmandu"}
    assert report(company, "daily", **asked).json()["totals"]["seconds"] == 2_700
    assert report(company, "daily", **asked | {"rounding": "down"}).json()["totals"]["seconds"] == 900
    log.refresh_from_db()
    assert log.seconds == 1_800


@pytest.mark.rule("rates.visibility")
@pytest.mark.parametrize("kind", KINDS)
def test_amounts_are_hidden_from_those_without_the_right(
    company: Company, ada: Employee, project: Project, kind: str
) -> None:
    log_of(ada, project)
    for member in (membership_of(ada), new_member(company.owner, Role.VIEWER)):
        api = token_client(member)
        answer = report(company, kind, api).json()
        assert (answer["totals"]["amounts"], answer["rows"][0]["totals"]["amounts"]) == (None, None)
        assert "amount" not in text_of(report(company, f"{kind}/csv", api))
        assert report(company, "amounts-owed", api).status_code == 403


def test_everybody_sees_the_time_in_their_scope_only(company: Company, ada: Employee, project: Project) -> None:
    boss, boss_member = hire_as(company, Role.MANAGER)
    _, idle_member = hire_as(company, Role.MANAGER)
    team_of(company, managers=[boss], members=[ada])
    log_of(ada, project)
    log_of(hire(company), project, hours=2)
    log_of(boss, project, hours=4)
    members = (membership_of(ada), boss_member, idle_member, company.owner)
    totals = [report(company, "summary", token_client(one)).json()["totals"] for one in members]
    assert [one["seconds"] for one in totals] == [3_600, 5 * 3_600, 0, 7 * 3_600]
    rival = token_client(found_company("Rival").owner)
    assert report(company, "summary", rival).json()["code"] == "organization_not_found"


@pytest.mark.rule("projects.private")
def test_a_private_project_out_of_sight_has_no_name_and_cannot_be_asked_for(company: Company, ada: Employee) -> None:
    boss, member = hire_as(company, Role.MANAGER)
    team_of(company, managers=[boss], members=[ada])
    secret = project_of(client_of(company, name="Secret client"), name="Secret", is_private=True)
    log_of(ada, secret)
    api = token_client(member)
    for group_by in ("project", "client", "task"):
        row = report(company, "summary", api, group_by=group_by).json()["rows"][0]
        assert (row["group_id"], row["group_name"], row["totals"]["seconds"]) == (None, "Private project", 3_600)
    assert report(company, "summary", api, project_id=str(secret.id)).json()["rows"] == []
    assert report(company, "summary", api, client_id=str(secret.client_id)).json()["rows"] == []


@pytest.mark.rule("invoices.source")
def test_what_is_owed_is_billable_with_a_rate_and_on_no_live_invoice(
    company: Company, ada: Employee, project: Project
) -> None:
    log_of(ada, project)
    log_of(ada, project, start=NINE + timedelta(hours=2), is_billable=False)
    log_of(ada, project, start=NINE + timedelta(hours=4), rate_amount=None, rate_currency="", rate_origin="")
    answer = report(company, "amounts-owed").json()["totals"]
    assert answer == {"seconds": 3_600, "billable_seconds": 3_600, "amounts": [{"currency": "EUR", "amount": "100.00"}]}


@pytest.mark.parametrize("group_by", ReportGroup.values)
def test_the_number_of_queries_does_not_depend_on_the_rows(
    company: Company, ada: Employee, project: Project, group_by: str
) -> None:
    api = token_client(company.owner)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert report(company, "daily", api, group_by=group_by).status_code == 200
        return len(captured)

    with acting_for(company):
        found = ensure_tags(organization_id=company.organization.id, names=["deep", "remote"])
        log_of(ada, project).tags.set(found)
    queries()  # the first request of a token notes its use
    few = queries()
    for number in range(30):
        log_of(hire(company) if number % 10 == 0 else ada, project, start=NINE + timedelta(hours=2 * number + 2))
    assert queries() == few


def test_csv_has_one_line_for_each_row_and_currency_and_no_formula(company: Company, ada: Employee) -> None:
    project = project_of(client_of(company), name="=1+1")
    log_of(ada, project)
    log_of(ada, project, start=NINE + timedelta(hours=2), rate_currency="JPY")
    lines = text_of(report(company, "summary/csv", group_by="project")).splitlines()
    assert lines[0] == "period,group_id,group_name,seconds,billable_seconds,currency,amount"
    assert [line.split(",", 2)[2] for line in lines[1:]] == ["'=1+1,7200,7200,EUR,100.00", "'=1+1,0,0,JPY,100"]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"last_day": "2026-03-01"}, "last_day"),
        ({"last_day": "2027-03-03"}, "last_day"),
        ({"time_zone": "Mars"}, "time_zone"),
        ({"group_by": "x"}, "group_by"),
        ({"first_day": "0001-01-01", "last_day": "0001-01-02"}, "last_day"),
        ({"first_day": "9999-12-31", "last_day": "9999-12-31"}, "last_day"),
        ({"nonsense": "1"}, "nonsense"),
    ],
)
def test_bad_questions_are_refused_by_their_field(company: Company, asked: Any, field: str) -> None:
    answer = report(company, "daily", **asked)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


# Totals ---------------------------------------------------------------------------------------------------------------


def adds_up(found: Report) -> bool:
    """Tell whether the rows of a report come to its totals."""
    totals = found.totals
    shown = [money for row in found.rows for money in row.totals.amounts or ()]
    return (
        sum(row.totals.seconds for row in found.rows) == totals.seconds
        and sum(row.totals.billable_seconds for row in found.rows) == totals.billable_seconds
        and all(
            total((one for one in shown if one.currency == whole.currency), whole.currency) == whole
            for whole in totals.amounts or ()
        )
    )


@pytest.mark.rule("rounding.adds-up")
def test_totals_are_the_same_by_whatever_time_is_grouped_and_over_changes_of_clocks(company: Company) -> None:
    chance = Random(2026)
    projects = [None, project_of(client_of(company)), project_of(client_of(company, name="Hooli"), name="App")]
    for employee in (hire(company), hire(company)):
        start = datetime(2026, 3, 26, tzinfo=UTC)
        for _ in range(25):
            start += timedelta(seconds=chance.randrange(1, 9_000))
            length = chance.randrange(1, 40_000)
            amount, currency = Decimal(chance.randrange(10**6)) / 10_000, chance.choice(("EUR", "JPY"))
            end = start + timedelta(seconds=length)
            rate: dict[str, Any] = {"rate_amount": amount, "rate_currency": currency}
            log_of(employee, chance.choice(projects), start=start, stopped_at=end, **rate)
            start = end
    zones = ("Europe/Berlin", "Asia/Kathmandu", "America/New_York")
    for zone, step in product(zones, (0, 420, 900)):
        common: dict[str, Any] = {
            "organization_id": company.organization.id,
            "first_day": date(2026, 3, 27),
            "last_day": date(2026, 4, 4),
            "time_zone": zone,
            "round_to": step,
        }
        with acting_for(company):
            found = {
                (group, unit): time_report(ReportQuestion(group_by=group, unit=unit, **common))
                for group, unit in product(ReportGroup, (Unit.DAY, Unit.WEEK, None))
            }
        assert len({str(one.totals) for one in found.values()}) == 1
        assert all(adds_up(one) for (group, _), one in found.items() if group != ReportGroup.TAG)


_PARTS = st.tuples(
    st.integers(0, 3),
    st.integers(1, 10**6),
    st.booleans(),
    st.one_of(st.none(), st.decimals(0, 10**5, places=4)),
    st.sampled_from(["EUR", "JPY", "BHD"]),
)


@pytest.mark.rule("rounding.adds-up")
@given(st.lists(_PARTS, max_size=30))
def test_what_a_report_shows_adds_up_to_its_totals(parts: list[Any]) -> None:
    sums, whole = dict[Place, Sum](), Sum()
    for group, seconds, is_billable, rate, currency in parts:
        for one in (whole, sums.setdefault(Place(None, UUID(int=group), "x"), Sum())):
            one.add(seconds, is_billable=is_billable, rate=rate, currency=currency)
    assert adds_up(make_report("UTC", sums, whole, overlapping=False, with_amounts=True))
