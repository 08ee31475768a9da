"""The documentation's pictures: `make screenshots` keeps what these pages look like."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import OpenDesk

if TYPE_CHECKING:
    from tests.browser.product import Site

pytestmark = pytest.mark.browser
LOST = ("katherine@lost.example", "dorothy@lost.example")


def test_pictures_of_the_desk(open_desk: OpenDesk, site: "Site") -> None:
    desk = open_desk("owner")
    site.mail.refused.update(LOST)
    for email in LOST:
        desk.hire(email)
    desk.open_until("/admin/events/dead/", "2 events")
    desk.picture("dead-deliveries")
    desk.open("/admin/events/?name=eventbus.delivery_died")
    desk.page.locator(".gz-table a.gz-strong").first.click()
    desk.tells("What led to it, and what it caused")
    desk.picture("event")
    desk.open("/admin/employees/employee/?q=lost.example")
    desk.page.locator("#result_list tbody a").first.click()
    desk.fill(job_title="Mathematician")
    desk.press("Save and continue editing")
    desk.open_until(desk.page.url.removeprefix(desk.url), "Job title set to")
    desk.page.locator(".gz-timeline").scroll_into_view_if_needed()
    desk.picture("employee")
    for name, path in {
        "dashboard": "/admin/",
        "employees": "/admin/employees/employee/",
        "events": "/admin/events/",
    }.items():
        desk.open(path)
        desk.picture(name)


@pytest.mark.parametrize(("name", "path"), [("dashboard", "/admin/"), ("dead-deliveries", "/admin/events/dead/")])
def test_pictures_of_the_desk_on_a_phone(open_desk: OpenDesk, name: str, path: str) -> None:
    desk = open_desk("owner", "phone")
    desk.open(path)
    desk.picture(f"{name}-phone")


def test_a_picture_in_the_dark(open_desk: OpenDesk) -> None:
    desk = open_desk("owner", dark=True)
    desk.open("/admin/")
    desk.picture("dashboard-dark")


def test_nothing_is_left_broken_for_other_tests(open_desk: OpenDesk, site: "Site") -> None:
    site.mail.refused.clear()
    desk = open_desk("owner")
    desk.retry_all_dead()
    desk.tells("Nothing is dead.")
