"""Looking changes nothing, and costs the same however much there is to see."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from employees.models import Employee
from gauzy.eventbus.models import StoredEvent
from gauzy.eventbus.testing import deliver_all, recorded_events
from tests.factories.desk import desk_of, desk_of_superuser, every_list, page_of
from tests.factories.people import Company, hire
from tests.factories.platform import new_superuser
from tests.site import failing

pytestmark = pytest.mark.django_db
BUS_PAGES = [reverse(f"admin:{page}") for page in ("bus_events", "bus_dead", "bus_handlers")]
PAGES = (
    *("index", "choose", "employees_employee_add", "employees_employee_import_csv", "organizations_organization_add"),
    *("timetracking_timeimport_import_csv", "timetracking_invoice_draft"),
)
WRITES = ("INSERT", "UPDATE", "DELETE")


@pytest.fixture
def busy(company: Company) -> Iterator[Company]:
    with failing.a_broken_handler():
        _add_some_of_everything(company)
        yield company


def _add_some_of_everything(company: Company) -> None:
    hire(company)
    failing.kill_a_delivery(company)
    deliver_all(expect_failures=True)


def _every_page() -> list[str]:
    employee, event = Employee.unscoped.latest("id"), StoredEvent.objects.latest("id")
    actions = ("end_employment", "restore", "history", "delete")
    return [
        *(
            reverse(f"admin:{page}")
            for page in ("index", "choose", "employees_employee_add", "organizations_organization_add")
        ),
        *every_list().values(),
        *BUS_PAGES,
        page_of(employee),
        *(reverse(f"admin:employees_employee_{action}", args=(employee.pk,)) for action in actions),
        *(reverse(f"admin:{page}", args=(event.pk,)) for page in ("bus_event", "bus_retry", "bus_skip")),
        reverse("admin:bus_retry_selected"),
    ]


def _statements_of(desk: Client, page: str) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        desk.get(page)
    return [query["sql"] for query in captured.captured_queries]


@pytest.mark.parametrize("who", ["owner", "superuser"])
def test_get_changes_nothing(busy: Company, who: str) -> None:
    desk = desk_of(busy.owner) if who == "owner" else desk_of_superuser(new_superuser(), busy.tenant_id)
    for page in _every_page():
        with recorded_events() as events:
            written = [statement for statement in _statements_of(desk, page) if statement.startswith(WRITES)]
        assert not written, page
        assert not events, page


@pytest.mark.parametrize("page", [reverse("admin:index"), *every_list().values(), *BUS_PAGES])
def test_a_page_costs_the_same_however_much_it_shows(page: str, busy: Company) -> None:
    desk = desk_of_superuser(new_superuser(), busy.tenant_id)
    desk.get(page)
    few = len(_statements_of(desk, page))
    for _ in range(4):
        _add_some_of_everything(busy)
    assert len(_statements_of(desk, page)) == few


def test_no_list_counts_the_endless_tables(busy: Company) -> None:
    desk = desk_of(busy.owner)
    for model in ("activitylog.ActivityLog", "notifications.EmailMessage", "notifications.Notification"):
        assert not [one for one in _statements_of(desk, every_list()[model]) if one.startswith("SELECT COUNT")]
    for page in BUS_PAGES:
        assert not [one for one in _statements_of(desk, page) if one.startswith("SELECT COUNT")]
