"""DOMAIN §5: a change of rate rewrites nothing, except by an explicit recompute."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from employees.models import Employee
from gauzy.eventbus.testing import recorded_events
from gauzy.organizations.services import update_organization
from tests.factories.people import Company, acting_for, hire
from tests.factories.platform import new_organization
from tests.factories.time import HOUR, MONDAY, add_task, log_time, start_project
from timetracking.events import ProjectUpdatedEvent, RatesRecomputedEvent, TimeLogUpdatedEvent
from timetracking.exceptions import OtherOrganization
from timetracking.services.clients import create_client
from timetracking.services.projects import update_project
from timetracking.services.rates import Recomputed, create_rate, recompute_rates

pytestmark = pytest.mark.django_db
DAY = MONDAY.date()


def _set_rate(company: Company, amount: str) -> None:
    with acting_for(company):
        create_rate(organization_id=company.organization.id, amount=Decimal(amount), valid_from=date(2026, 1, 1))


def _recompute(company: Company, *, dry_run: bool = False) -> Recomputed:
    with acting_for(company):
        return recompute_rates(organization_id=company.organization.id, first_day=DAY, last_day=DAY, dry_run=dry_run)


@pytest.mark.rule("rates.history")
def test_a_new_rate_reaches_old_logs_by_recomputing_alone(company: Company, ada: Employee) -> None:
    log = log_time(company, ada)
    _set_rate(company, "60.00")
    log.refresh_from_db()
    assert log.rate_amount is None
    with recorded_events() as events:
        assert _recompute(company, dry_run=True) == Recomputed(changed=1, skipped=0)
        assert not events
        assert _recompute(company) == Recomputed(changed=1, skipped=0)
        assert _recompute(company) == Recomputed(changed=0, skipped=0)
    log.refresh_from_db()
    assert log.rate_amount == Decimal("60.00")
    assert [event.time_log_id for event in events.of(TimeLogUpdatedEvent)] == [log.id]
    assert [event.changed for event in events.of(RatesRecomputedEvent)] == [1, 0]


@pytest.mark.rule("rates.history")
def test_a_logs_own_rate_is_left_alone(company: Company, ada: Employee) -> None:
    own = log_time(company, ada, rate_amount=Decimal("99.00"), rate_currency="EUR")
    _set_rate(company, "60.00")
    assert _recompute(company).changed == 0
    own.refresh_from_db()
    assert own.rate_amount == Decimal("99.00")


def test_the_rates_of_many_logs_and_which_are_approved_are_found_in_one_query_each(
    company: Company, ada: Employee
) -> None:
    for number in range(4):
        log_time(company, ada, MONDAY + number * HOUR)
    _set_rate(company, "60.00")
    with CaptureQueriesContext(connection) as queries:
        assert _recompute(company, dry_run=True).changed == 4
    for table in ("timetracking_rate", "timetracking_timesheet"):
        assert sum(f'FROM "{table}"' in query["sql"] for query in queries) == 1


def test_recomputed_logs_are_written_by_one_statement(company: Company, ada: Employee) -> None:
    logs = [log_time(company, ada, MONDAY + number * HOUR) for number in range(4)]
    _set_rate(company, "60.00")
    with CaptureQueriesContext(connection) as queries:
        assert _recompute(company).changed == 4
    assert sum(query["sql"].startswith('UPDATE "timetracking_timelog"') for query in queries) == 1
    for log in logs:
        log.refresh_from_db()
    assert {log.rate_amount for log in logs} == {Decimal("60.00")}


@pytest.mark.rule("rates.order")
@pytest.mark.parametrize("strongest", ["log", "member", "task", "project", "employee", "organization", ""])
def test_the_strongest_rate_there_is_counts_and_zero_is_one(company: Company, ada: Employee, strongest: str) -> None:
    """From the log's own down to none: each is asked for only where no stronger one is set."""
    project = start_project(company)
    task = add_task(company, project)
    subjects: dict[str, dict[str, Any]] = {
        "member": {"project_id": project.id, "employee_id": ada.id},
        "task": {"task_id": task.id},
        "project": {"project_id": project.id},
        "employee": {"employee_id": ada.id},
        "organization": {},
    }
    order = ["log", *subjects, ""]
    for amount, subject in enumerate(order[order.index(strongest) :]):  # the strongest costs nothing
        if subject in subjects:
            with acting_for(company):
                create_rate(
                    organization_id=company.organization.id,
                    amount=Decimal(amount),
                    valid_from=DAY,
                    **subjects[subject],
                )
    own: dict[str, Any] = {"rate_amount": Decimal(0), "rate_currency": "EUR"} if strongest == "log" else {}
    log = log_time(company, ada, task_id=task.id, **own)
    assert (log.rate_origin, log.rate_amount) == (strongest, Decimal(0) if strongest else None)


@pytest.mark.rule("rates.validity")
@pytest.mark.parametrize(("hour", "amount"), [(14, Decimal(50)), (15, Decimal(60))])
def test_a_rate_is_valid_from_the_midnight_of_the_organization(company: Company, hour: int, amount: Decimal) -> None:
    """In Tokyo the day before Monday ends at 15:00 UTC, wherever the employee is."""
    ada = hire(company, time_zone="America/New_York")
    with acting_for(company):
        update_organization(organization_id=company.organization.id, values={"time_zone": "Asia/Tokyo"})
        for day, rate in ((date(2025, 1, 1), 50), (DAY, 60)):
            create_rate(organization_id=company.organization.id, amount=Decimal(rate), valid_from=day)
    log = log_time(company, ada, datetime(2026, 1, 4, hour, tzinfo=UTC), hours=0.5)
    assert log.rate_amount == amount


def test_a_project_moves_to_a_client_of_its_own_organization(company: Company) -> None:
    project = start_project(company)
    with acting_for(company), recorded_events() as events:
        client = create_client(organization_id=company.organization.id, name="Babbage")
        assert update_project(project_id=project.id, values={"client_id": client.id}).client_id == client.id
        stranger = create_client(organization_id=new_organization(company.owner).id, name="Elsewhere")
        with pytest.raises(OtherOrganization):
            update_project(project_id=project.id, values={"client_id": stranger.id})
    assert [change.field for event in events.of(ProjectUpdatedEvent) for change in event.changes] == ["client_id"]
