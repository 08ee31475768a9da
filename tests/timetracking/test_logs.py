"""DOMAIN §3: time logs."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from employees.models import Employee
from gauzy.eventbus.models import StoredEvent
from gauzy.eventbus.testing import recorded_events
from gauzy.exceptions import BulkRefused
from gauzy.organizations.services import update_settings
from gauzy.tenancy.membership import acting_as
from tests.factories.people import Company, acting_for, found_company, hire, membership_of
from tests.factories.time import HOUR, MONDAY, add_task, log_time, start_project
from timetracking.events import (
    TimeLogCreatedEvent,
    TimeLogDeletedEvent,
    TimeLogRestoredEvent,
    TimeLogUpdatedEvent,
)
from timetracking.exceptions import (
    DescriptionRequired,
    EmptyInterval,
    InFuture,
    LockDatePassed,
    NoOffset,
    NotAllowedByPolicy,
    NotWholeSeconds,
    Overlaps,
    ProjectArchived,
    ProjectRequired,
    TaskOfAnotherProject,
    TimeLogNotFound,
)
from timetracking.models import TimeLog, Timesheet
from timetracking.services.cutting import remove_time, split_time_log
from timetracking.services.logs import (
    create_time_log,
    create_time_logs,
    delete_time_log,
    restore_time_log,
    update_time_log,
)
from timetracking.services.projects import archive_project
from timetracking.services.rates import create_rate

pytestmark = pytest.mark.django_db


def test_a_log_is_recorded_with_its_event_and_its_timesheet(company: Company, ada: Employee) -> None:
    with recorded_events() as events:
        log = log_time(company, ada, description="  Notes on the engine ")
    [event] = events.of(TimeLogCreatedEvent)
    assert (event.time_log_id, event.started_at, event.stopped_at) == (log.id, MONDAY, MONDAY + HOUR)
    assert len(events) == 1
    with acting_for(company):
        assert log.description == "Notes on the engine"
        assert Timesheet.objects.get(employee_id=ada.id).period_start == MONDAY.date()


@pytest.mark.rule("time.instants")
@pytest.mark.parametrize(
    ("start", "stop", "refusal"),
    [
        (MONDAY, MONDAY, EmptyInterval),
        (MONDAY, MONDAY - HOUR, EmptyInterval),
        (MONDAY.replace(microsecond=1), MONDAY + HOUR, NotWholeSeconds),
        (MONDAY.replace(tzinfo=None), MONDAY + HOUR, NoOffset),
    ],
    ids=["empty", "backwards", "fractions", "naive"],
)
def test_bad_times_are_refused(company: Company, ada: Employee, start: Any, stop: Any, refusal: Any) -> None:
    with acting_for(company), pytest.raises(refusal):
        create_time_log(employee_id=ada.id, started_at=start, stopped_at=stop)


@pytest.mark.rule("time.half-open")
def test_touching_is_not_overlapping_and_overlapping_is_refused(company: Company, ada: Employee) -> None:
    log_time(company, ada)
    log_time(company, ada, MONDAY + HOUR)
    log_time(company, ada, MONDAY - HOUR)
    with pytest.raises(Overlaps):
        log_time(company, ada, MONDAY + HOUR / 2)
    log_time(company, hire(company), MONDAY + HOUR / 2)


@pytest.mark.rule("logs.overlap-allowed", "logs.edit")
def test_an_organization_may_allow_overlaps_which_are_marked_and_stay_valid(company: Company, ada: Employee) -> None:
    log_time(company, ada)
    with acting_for(company):
        update_settings(organization_id=company.organization.id, values={"overlaps": "allow"})
    marked = log_time(company, ada, MONDAY + HOUR / 2)
    assert marked.overlap_allowed
    with acting_for(company):
        update_settings(organization_id=company.organization.id, values={"overlaps": "refuse"})
        assert update_time_log(time_log_id=marked.id, values={"description": "still here"}).overlap_allowed
        with pytest.raises(Overlaps):
            update_time_log(time_log_id=marked.id, values={"stopped_at": MONDAY + 2 * HOUR})


@pytest.mark.rule("logs.overlap")
@pytest.mark.postgres
def test_the_database_itself_refuses_an_overlap(company: Company, ada: Employee) -> None:
    log = log_time(company, ada)
    with acting_for(company), pytest.raises(IntegrityError), transaction.atomic():
        TimeLog.objects.create(
            organization=log.organization, employee=ada, started_at=MONDAY, stopped_at=MONDAY + HOUR / 2
        )
    assert connection.vendor == "postgresql"


@pytest.mark.rule("logs.same")
def test_an_update_publishes_what_differs_and_nothing_if_nothing_does(company: Company, ada: Employee) -> None:
    log = log_time(company, ada)
    with acting_for(company), recorded_events() as events:
        update_time_log(time_log_id=log.id, values={"description": "", "started_at": MONDAY})
        assert len(events) == 0
        update_time_log(time_log_id=log.id, values={"description": "x", "stopped_at": MONDAY + HOUR})
    [event] = events.of(TimeLogUpdatedEvent)
    assert [(one.field, one.old, one.new) for one in event.changes] == [("description", "", "x")]


@pytest.mark.rule("logs.delete")
def test_deletion_is_soft_and_restoring_checks_again(company: Company, ada: Employee) -> None:
    log = log_time(company, ada)
    with acting_for(company), recorded_events() as events:
        delete_time_log(time_log_id=log.id)
        delete_time_log(time_log_id=log.id)
        other = create_time_log(employee_id=ada.id, started_at=MONDAY, stopped_at=MONDAY + HOUR)
        with pytest.raises(Overlaps):
            restore_time_log(time_log_id=log.id)
        delete_time_log(time_log_id=other.id)
        restore_time_log(time_log_id=log.id)
        restore_time_log(time_log_id=log.id)
    assert len(events.of(TimeLogDeletedEvent)) == 2
    assert [event.time_log_id for event in events.of(TimeLogRestoredEvent)] == [log.id]


@pytest.mark.rule("logs.cut")
def test_a_split_makes_two_touching_logs_with_an_event_each(company: Company, ada: Employee) -> None:
    log = log_time(company, ada, description="both")
    with acting_for(company), recorded_events() as events:
        first, second = split_time_log(time_log_id=log.id, at=MONDAY + HOUR / 4)
        with pytest.raises(EmptyInterval):
            split_time_log(time_log_id=log.id, at=MONDAY)
    assert (first.stopped_at, second.started_at, second.stopped_at) == (
        MONDAY + HOUR / 4,
        MONDAY + HOUR / 4,
        MONDAY + HOUR,
    )
    assert second.description == "both"
    assert [type(event) for event in events] == [TimeLogUpdatedEvent, TimeLogCreatedEvent]


@pytest.mark.rule("logs.cut")
def test_the_events_of_one_cut_have_one_correlation(company: Company, ada: Employee) -> None:
    for number in range(3):
        log_time(company, ada, MONDAY + number * HOUR)
    known = set(StoredEvent.objects.values_list("id", flat=True))
    with acting_for(company):
        remove_time(employee_id=ada.id, start=MONDAY + HOUR / 2, end=MONDAY + 3 * HOUR)
    cut = StoredEvent.objects.exclude(id__in=known)
    assert (cut.count(), cut.values("correlation_id").distinct().count()) == (3, 1)


@pytest.mark.rule("logs.cut")
def test_time_taken_out_shortens_cuts_and_deletes_what_it_touches(company: Company, ada: Employee) -> None:
    before, whole, inside = (log_time(company, ada, MONDAY + number * HOUR) for number in (0, 1, 2))
    long = log_time(company, ada, MONDAY + 3 * HOUR, hours=3)
    with acting_for(company), recorded_events() as events:
        remove_time(employee_id=ada.id, start=MONDAY + HOUR / 2, end=MONDAY + 3 * HOUR)
        remove_time(employee_id=ada.id, start=MONDAY + 4 * HOUR, end=MONDAY + 5 * HOUR)
        left = TimeLog.objects.filter(employee_id=ada.id, deleted_at=None).order_by("started_at")
        assert [(log.started_at - MONDAY, log.stopped_at - MONDAY) for log in left if log.stopped_at] == [
            (timedelta(0), HOUR / 2),
            (3 * HOUR, 4 * HOUR),
            (5 * HOUR, 6 * HOUR),
        ]
    assert {event.time_log_id for event in events.of(TimeLogDeletedEvent)} == {whole.id, inside.id}
    assert {event.time_log_id for event in events.of(TimeLogUpdatedEvent)} == {before.id, long.id}


@pytest.mark.rule("logs.bulk")
def test_a_bulk_is_all_or_nothing_unless_it_says_otherwise(company: Company, ada: Employee) -> None:
    items: Any = [
        {"employee_id": ada.id, "started_at": MONDAY, "stopped_at": MONDAY + HOUR},
        {"employee_id": ada.id, "started_at": MONDAY, "stopped_at": MONDAY + HOUR},
    ]
    with acting_for(company), recorded_events() as events:
        with pytest.raises(BulkRefused) as refusal:
            create_time_logs(items=items)
        assert list(refusal.value.fields) == ["items.1.started_at"]
        assert len(events) == 0
        first, second = create_time_logs(items=items, atomic=False)
    assert isinstance(first, TimeLog)
    assert isinstance(second, Overlaps)
    assert len(events) == 1


@pytest.mark.rule("logs.place", "projects.archive")
def test_a_task_brings_its_project_and_one_of_another_project_is_refused(company: Company, ada: Employee) -> None:
    project, other = start_project(company, is_billable=False), start_project(company)
    task = add_task(company, project)
    log = log_time(company, ada, task_id=task.id)
    assert log.project_id == project.id
    assert not log.is_billable
    with pytest.raises(TaskOfAnotherProject):
        log_time(company, ada, MONDAY + HOUR, task_id=task.id, project_id=other.id)
    with acting_for(company):
        archive_project(project_id=project.id)
        assert update_time_log(time_log_id=log.id, values={"description": "late note"}).description == "late note"
    with pytest.raises(ProjectArchived):
        log_time(company, ada, MONDAY + HOUR, project_id=project.id)


@pytest.mark.rule("logs.policies")
@pytest.mark.parametrize("policy", ["manual_time", "modify_time", "delete_time"])
def test_policies_bind_employees_and_not_those_who_manage_them(company: Company, ada: Employee, policy: str) -> None:
    log = log_time(company, ada)
    deeds: Any = {
        "manual_time": lambda: create_time_log(
            employee_id=ada.id, started_at=MONDAY + HOUR, stopped_at=MONDAY + 2 * HOUR
        ),
        "modify_time": lambda: update_time_log(time_log_id=log.id, values={"description": "mine"}),
        "delete_time": lambda: delete_time_log(time_log_id=log.id),
    }
    with acting_for(company):
        update_settings(organization_id=company.organization.id, values={policy: False})
    with acting_as(membership_of(ada)), pytest.raises(NotAllowedByPolicy):
        deeds[policy]()
    with acting_for(company):
        deeds[policy]()


@pytest.mark.rule("logs.policies")
def test_what_the_organization_requires_of_a_log_is_enforced(company: Company, ada: Employee) -> None:
    with acting_for(company):
        update_settings(
            organization_id=company.organization.id, values={"requires_project": True, "requires_description": True}
        )
    with pytest.raises(ProjectRequired):
        log_time(company, ada)
    project = start_project(company)
    with pytest.raises(DescriptionRequired):
        log_time(company, ada, project_id=project.id)
    log_time(company, ada, project_id=project.id, description="notes")


@pytest.mark.rule("logs.policies")
def test_employees_may_not_enter_the_future_unless_allowed(company: Company, ada: Employee) -> None:
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    with acting_as(membership_of(ada)), pytest.raises(InFuture):
        create_time_log(employee_id=ada.id, started_at=start, stopped_at=start + HOUR)
    with acting_for(company):
        update_settings(organization_id=company.organization.id, values={"future_time": True})
    with acting_as(membership_of(ada)):
        create_time_log(employee_id=ada.id, started_at=start, stopped_at=start + HOUR)


@pytest.mark.rule("timesheets.lock-date")
def test_the_lock_date_is_counted_in_the_employees_zone_and_passing_over_it_is_said(company: Company) -> None:
    tokyo = hire(company, time_zone="Asia/Tokyo")
    with acting_for(company):
        update_settings(organization_id=company.organization.id, values={"lock_date": "2026-01-05"})
    midnight = datetime(2026, 1, 5, 15, tzinfo=UTC)  # of the 6th in Tokyo
    log_time(company, tokyo, midnight)
    with pytest.raises(LockDatePassed):
        log_time(company, tokyo, midnight - HOUR)
    with recorded_events() as events:
        log_time(company, tokyo, midnight - HOUR, override_lock_date=True)
    assert events.of(TimeLogCreatedEvent)[0].overrides_lock_date
    with acting_as(membership_of(tokyo)), pytest.raises(NotAllowedByPolicy):
        create_time_log(
            employee_id=tokyo.id,
            started_at=midnight - 2 * HOUR,
            stopped_at=midnight - HOUR,
            override_lock_date=True,
        )


def test_another_tenants_log_is_not_found(company: Company, ada: Employee) -> None:
    log = log_time(company, ada)
    with acting_for(found_company("Rival")), pytest.raises(TimeLogNotFound):
        update_time_log(time_log_id=log.id, values={"description": "stolen"})


@pytest.mark.rule("rates.order")
def test_a_log_keeps_the_rate_it_had(company: Company, ada: Employee) -> None:
    with acting_for(company):
        rate: Any = {"organization_id": company.organization.id, "valid_from": MONDAY.date()}
        create_rate(**rate, amount=Decimal(50))
        create_rate(**rate, amount=Decimal(0), employee_id=ada.id)
    log = log_time(company, ada)
    assert (log.rate_amount, log.rate_origin) == (Decimal(0), "employee")
    assert log.rate_currency == company.organization.currency
    other = log_time(company, hire(company))
    assert (other.rate_amount, other.rate_origin) == (Decimal(50), "organization")
    own = log_time(company, ada, MONDAY + HOUR, rate_amount=Decimal("99.5"), rate_currency="USD")
    assert (own.rate_amount, own.rate_currency, own.rate_origin) == (Decimal("99.5"), "USD", "log")
    assert log_time(company, hire(company), MONDAY - 24 * HOUR).rate_origin == ""
