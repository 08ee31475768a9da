"""Every page of the sidebar, and the first row of each list: nothing runs off the screen, fails or shuts people out."""

import pytest

from tests.browser.conftest import OpenDesk
from tests.factories.desk import every_list

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("width", "dark"), [("desktop", False), ("phone", False), ("desktop", True)], ids=["desktop", "phone", "dark"]
)
def test_every_page_is_in_order(open_desk: OpenDesk, width: str, dark: bool) -> None:
    desk = open_desk("owner", width, dark=dark)
    desk.open("/admin/")
    places = desk.places()
    assert "/admin/events/dead/" in places
    faults = [fault for place in places for fault in desk.faults_of(place)]
    assert faults == []


def test_no_page_of_any_model_is_wider_than_a_phone(open_desk: OpenDesk) -> None:
    desk = open_desk("superuser", "phone")
    desk.open("/admin/choose/?next=/admin/")
    desk.page.get_by_role("button", name="Analytical Engines").click()
    desk.tells("Dashboard")
    lists = every_list()
    faults = [fault for page in lists.values() for fault in desk.width_faults_of(page)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("path", ["/admin/nothing/", "/admin/employees/employee/nobody/change/"])
def test_a_page_that_is_not_there_says_so_at_any_width(open_desk: OpenDesk, path: str) -> None:
    desk = open_desk("owner", "phone")
    assert desk.open(path).status == 404
    desk.tells("There is no such page")
    desk.complaints.clear()  # the browser's own note of the status
    desk.assert_in_order()


def test_the_watch_sees_what_is_wrong(open_desk: OpenDesk) -> None:
    desk = open_desk("owner", "phone")
    desk.open("/admin/")
    desk.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x><p style=width:900px>wide</p>')")
    faults = " ".join(desk.faults_of_this_page())
    assert "image-alt" in faults
    assert "900" in faults or "px wide" in faults


def test_nobody_is_signed_in_by_looking(open_desk: OpenDesk) -> None:
    desk = open_desk("", "phone")
    desk.open("/admin/events/")
    desk.tells("Log in")
    desk.assert_in_order()


def test_the_apis_documentation_works_with_files_of_ours_alone(open_desk: OpenDesk) -> None:
    desk = open_desk("owner", "desktop")
    desk.open("/api/v1/docs")
    desk.tells("Gauzy on Django")
    desk.tells("/api/v1/activity-log")  # of a long list, Swagger UI draws what the window shows
    for path in ("/api/v1/employees", "/api/v1/invites", "/api/v1/timesheets", "/api/v1/webhook-endpoints"):
        desk.scroll_to(path)
    assert desk.complaints == []
