"""What people of each role come to the desk for, on a desktop and on a phone."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import OpenDesk

if TYPE_CHECKING:
    from tests.browser.product import Site

pytestmark = pytest.mark.browser
BOTH_WIDTHS = pytest.mark.parametrize("width", ["desktop", "phone"])


@BOTH_WIDTHS
@pytest.mark.parametrize("role", ["owner", "admin", "manager"])
def test_who_runs_things_lands_on_the_dashboard(open_desk: OpenDesk, role: str, width: str) -> None:
    desk = open_desk(role, width)
    desk.open("/admin/")
    desk.tells("Dashboard")
    desk.tells("Analytical Engines")
    desk.assert_in_order()


@BOTH_WIDTHS
@pytest.mark.parametrize("role", ["employee", "viewer"])
def test_others_have_no_desk_and_are_told(open_desk: OpenDesk, role: str, width: str) -> None:
    desk = open_desk("", width)
    desk.sign_in(role)
    desk.tells("Please enter the correct")
    desk.assert_in_order()


@BOTH_WIDTHS
@pytest.mark.parametrize("role", ["owner", "admin"])
def test_hire_edit_end_and_see_what_was_done(open_desk: OpenDesk, role: str, width: str) -> None:
    desk, email = open_desk(role, width), f"grace.{role}.{width}@example.org"
    desk.open("/admin/")
    desk.go("Employees")
    desk.page.locator("a[href*='/employees/employee/add/']").locator("visible=true").first.click()
    desk.fill(email=email, first_name="Grace", last_name=f"Hopper {role} {width}", start_date="2026-03-02")
    desk.press("Save")
    desk.open(f"/admin/employees/employee/?q={email}")
    desk.page.get_by_role("link", name=f"Grace Hopper {role} {width}").first.click()
    desk.fill(job_title="Rear admiral")
    desk.press("Save and continue editing")
    desk.tells("was changed successfully")
    desk.assert_in_order()
    desk.act("End employment", reason="Retired")
    desk.tells("has ended")
    person = desk.page.url.removeprefix(desk.url)
    desk.open_until(person, "Employee ended")
    desk.tells("Job title set to “Rear admiral”")
    desk.assert_in_order()
    desk.open_until(f"/admin/activitylog/activitylog/?q={person.split('/')[-3]}", "Employee ended")
    desk.tells("Employee updated: job title")
    desk.tells("Employee created")
    desk.assert_in_order()


@BOTH_WIDTHS
def test_time_is_tried_imported_and_taken_back(open_desk: OpenDesk, width: str) -> None:
    desk, email = open_desk("admin", width), f"toggl.{width}@example.org"
    desk.hire(email)
    row = "{who},2026-06-02,{hour}:00,2026-06-02,{hour}:30\n"
    rows = row.format(who=email, hour="09") + row.format(who="nobody@example.org", hour="10")
    desk.open("/admin/timetracking/timeimport/")
    desk.go("Import time from CSV")
    desk.choose(file=f"Email,Start date,Start time,End date,End time\n{rows}")
    desk.press("Try it, change nothing")
    desk.tells("What would happen: nothing was written")
    desk.tells("unknown_person")
    desk.assert_in_order()
    desk.picture(f"time-import-{width}")
    desk.choose(file=f"Email,Start date,Start time,End date,End time\n{rows}")
    desk.press("Import")
    desk.tells("Refused 1")
    desk.page.get_by_role("link", name="Look at the import, or undo it").click()
    desk.page.wait_for_url("**/change/")
    desk.act("Undo")
    desk.tells("The import was taken back.")
    desk.assert_in_order()


@BOTH_WIDTHS
def test_an_invoice_is_drafted_issued_printed_and_paid(open_desk: OpenDesk, width: str) -> None:
    desk = open_desk("admin", width)
    desk.open("/admin/timetracking/invoice/")
    desk.go("Draft an invoice")
    desk.assert_in_order()
    desk.page.locator("[name='client']").select_option(label=f"Client on a {width}")
    desk.fill(first_day="2026-03-01", last_day="2026-03-31", tax_percent="19")
    desk.press("Preview")
    desk.tells("178.50 EUR")
    desk.assert_in_order()
    desk.picture(f"invoice-draft-{width}")
    desk.press("Make the draft")
    desk.tells("The draft is made.")
    desk.act("Issue", due_in_days="30")
    desk.tells("The invoice is issued.")
    paper = desk.page.get_by_role("link", name="PDF").locator("visible=true").first.get_attribute("href")
    assert desk.page.request.get(f"{desk.url}{paper}").body().startswith(b"%PDF")
    desk.act("Record payment", amount="178.50", paid_on="2026-04-01")
    desk.tells("The payment is recorded.")
    desk.tells("Paid")
    desk.assert_in_order()
    desk.picture(f"invoice-{width}")


@BOTH_WIDTHS
def test_a_dead_delivery_is_found_and_healed(open_desk: OpenDesk, site: "Site", width: str) -> None:
    desk, email = open_desk("owner", width), f"lost.{width}@example.org"
    site.mail.refused.add(email)
    desk.hire(email)
    desk.open_until("/admin/events/dead/", "employees.send_welcome_email")
    desk.tells("No such mailbox here")
    desk.assert_in_order()
    desk.page.get_by_role("link", name="Edit… what employees.send_welcome_email reads").first.click()
    desk.press("Save and retry")
    desk.tells("Nothing is changed.")
    desk.assert_in_order()
    site.mail.refused.clear()
    desk.retry_all_dead()
    assert site.mail.wait_for(lambda message: message["To"] == email, timeout=30)
    desk.open_until("/admin/events/?name=eventops.delivery_retried", "Delivery retried")
    desk.assert_in_order()


def test_what_is_dead_is_discarded_with_a_reason(open_desk: OpenDesk, site: "Site") -> None:
    desk, email = open_desk("admin"), "gone@example.org"
    site.mail.refused.add(email)
    desk.hire(email)
    desk.open_until("/admin/events/dead/", "No such mailbox here")
    desk.discard_all_dead("Left before the first day")
    desk.tells("Nothing is dead.")
    desk.open_until("/admin/events/?name=eventops.delivery_skipped", "Delivery skipped")


@BOTH_WIDTHS
def test_events_appear_while_one_looks(open_desk: OpenDesk, width: str) -> None:
    desk = open_desk("owner", width)
    desk.open("/admin/events/live/")
    desk.tells("Nothing has happened since")
    desk.page.locator("#live-status", has_text="Live").wait_for()
    open_desk("admin").hire(f"live.{width}@example.org")
    desk.tells("Employee created")
    desk.tells("User registered")
    desk.assert_in_order()
    desk.page.get_by_role("link", name="Employee created").first.click()
    desk.tells("What its handlers did")


@BOTH_WIDTHS
def test_a_superuser_lets_a_handler_rest_and_runs_history_again(open_desk: OpenDesk, width: str) -> None:
    desk = open_desk("superuser", width)
    desk.open("/admin/events/handlers/?tenant=all")
    desk.press("Pause… employees.track_employee_creation")
    desk.page.get_by_label("Why employees.track_employee_creation shall rest").fill("Moving house")
    desk.press("Let it rest")
    desk.tells("rests: Moving house")
    desk.assert_in_order()
    desk.press("Resume employees.track_employee_creation")
    desk.tells("goes on within seconds")
    desk.open("/admin/events/replay/?handler=employees.track_employee_creation")
    desk.fill(since="2020-01-01T00:00:00", until="2099-01-01T00:00:00")
    desk.press("Try")
    desk.tells("would be owed again. Nothing has been done yet.")
    desk.assert_in_order()
    desk.page.get_by_role("button", name="Begin with").click()
    desk.tells("That is all of them.")
    desk.assert_in_order()
