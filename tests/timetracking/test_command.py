"""`manage.py timesheets`: what is run by hand and by cron."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from employees.models import Employee
from gauzy.eventbus.testing import recorded_events
from tests.factories.people import Company, acting_for
from tests.factories.time import HOUR, MONDAY, log_time
from timetracking.events import RatesRecomputedEvent, TimeLogUpdatedEvent
from timetracking.models import TimeLog
from timetracking.services.rates import create_rate

pytestmark = pytest.mark.django_db


def _run(company: Company, capsys: pytest.CaptureFixture[str], *arguments: str, **options: Any) -> Any:
    call_command("timesheets", *arguments, tenant=str(company.tenant_id), json=True, **options)
    return json.loads(capsys.readouterr().out)


@pytest.mark.rule("rates.history")
def test_a_dry_run_says_what_the_real_one_does(
    company: Company, ada: Employee, capsys: pytest.CaptureFixture[str]
) -> None:
    log_time(company, ada)
    with acting_for(company):
        create_rate(organization_id=company.organization.id, amount=Decimal(80), valid_from=MONDAY.date())
    days = {"organization": company.organization.id, "first_day": MONDAY.date(), "last_day": MONDAY.date()}
    with recorded_events() as events:
        assert _run(company, capsys, "recompute-rates", **days, dry_run=True)["changed"] == 1
        assert not events
        assert _run(company, capsys, "recompute-rates", **days)["changed"] == 1
        assert _run(company, capsys, "recompute-rates", **days)["changed"] == 0
    assert len(events.of(TimeLogUpdatedEvent)) == 1
    assert len(events.of(RatesRecomputedEvent)) == 2


def test_recomputing_needs_to_know_whose_logs_of_which_days(company: Company) -> None:
    with pytest.raises(CommandError, match="--organization"):
        call_command("timesheets", "recompute-rates", tenant=str(company.tenant_id))


@pytest.mark.sqlite  # PostgreSQL's constraint would not let such rows be
def test_the_check_finds_what_no_service_would_write(
    company: Company, ada: Employee, capsys: pytest.CaptureFixture[str]
) -> None:
    log, other = log_time(company, ada), log_time(company, ada, MONDAY + HOUR)
    assert _run(company, capsys, "check") == []
    TimeLog.unscoped.filter(pk=other.pk).update(started_at=MONDAY)
    with pytest.raises(CommandError, match="found"):
        call_command("timesheets", "check", tenant=str(company.tenant_id))
    assert str(log.pk) in capsys.readouterr().out


def test_reminding_says_how_many_weeks_are_missing(company: Company, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(company, capsys, "remind") == {"missing": 0}
