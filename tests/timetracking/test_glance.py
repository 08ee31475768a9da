"""What the dashboard says of time."""

from datetime import UTC, datetime

import pytest

from employees.models import Employee
from tests.factories.billing import log_of
from tests.factories.people import Company, acting_for, found_company, hire
from timetracking.selectors.glance import seconds_of_this_week

pytestmark = pytest.mark.django_db
WEDNESDAY = datetime(2026, 3, 4, 12, tzinfo=UTC)
HOUR = 3_600


def _seconds(company: Company) -> int:
    with acting_for(company):
        return seconds_of_this_week(WEDNESDAY)


def test_the_finished_work_of_this_week_counts(company: Company, ada: Employee) -> None:
    log_of(ada, None, start=datetime(2026, 3, 2, 9, tzinfo=UTC), hours=2)
    log_of(ada, None, start=datetime(2026, 3, 3, 9, tzinfo=UTC), hours=1.5)
    log_of(ada, None, start=datetime(2026, 2, 27, 9, tzinfo=UTC), hours=8)
    log_of(ada, None, start=datetime(2026, 3, 3, 13, tzinfo=UTC), deleted_at=WEDNESDAY)
    log_of(ada, None, start=datetime(2026, 3, 4, 9, tzinfo=UTC), stopped_at=None)
    other = found_company("Other")
    log_of(hire(other), None, start=datetime(2026, 3, 2, 9, tzinfo=UTC), hours=5)
    assert _seconds(company) == 3.5 * HOUR


def test_a_week_begins_by_the_clock_and_on_the_weekday_of_the_organization(company: Company, ada: Employee) -> None:
    home = company.organization
    log_of(ada, None, start=datetime(2026, 3, 1, 11, tzinfo=UTC), hours=1)  # Monday already in Auckland
    assert _seconds(company) == 0
    home.time_zone = "Pacific/Auckland"
    home.save()
    assert _seconds(company) == HOUR
    home.time_zone, home.week_starts_on = "UTC", 7
    home.save()
    assert _seconds(company) == HOUR


def test_nothing_is_no_time(company: Company) -> None:
    assert _seconds(company) == 0
