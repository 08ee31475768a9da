"""What the pages that only show something show."""

import pytest
from django.test import Client
from django.urls import reverse

from activitylog.models import ActivityLog
from gauzy.eventbus.testing import deliver_all
from gauzy.notifications.models import EmailMessage
from gauzy.tenancy.choices import Role
from tests.factories.desk import desk_of, every_list, page_of, text_of
from tests.factories.people import Company, hire
from tests.factories.platform import new_member
from tests.site import failing

pytestmark = pytest.mark.django_db
INDEX = reverse("admin:index")


def _cards(desk: Client) -> dict[str, str]:
    return {card.title: str(card.value) for card in desk.get(INDEX).context["cards"]}


class TestDashboard:
    def test_it_sums_the_tenant_up(self, company: Company) -> None:
        hire(company)
        with failing.a_broken_handler():
            failing.kill_a_delivery(company)
            cards = _cards(desk_of(company.owner))
        assert cards["People"] == "1"
        assert cards["Dead"] == "1"
        assert cards["E-mails failed"] == "0"
        assert int(cards["Events today"]) > 3

    def test_waiting_deliveries_are_counted(self, company: Company) -> None:
        deliver_all()
        assert _cards(desk_of(company.owner))["Waiting"] == "0"
        hire(company)
        assert int(_cards(desk_of(company.owner))["Waiting"]) > 0

    def test_managers_see_no_card_of_what_they_may_not_see(self, company: Company) -> None:
        assert _cards(desk_of(new_member(company.owner, Role.MANAGER))).keys() == {
            *("Events today", "People", "Approvals", "Timers", "Hours"),
        }

    def test_the_sidebar_offers_what_the_role_may_open(self, company: Company) -> None:
        for role in (Role.ADMIN, Role.MANAGER):
            desk = desk_of(new_member(company.owner, role))
            groups = desk.get(INDEX).context["sidebar_navigation"]
            links = [item["link"] for group in groups for item in group["items"]]
            assert links
            for link in links:
                assert desk.get(link).status_code == 200, f"{role} is offered {link}"


class TestEmails:
    def test_the_text_is_shown_with_links_and_without_markup(self, company: Company) -> None:
        hire(company, first_name="<script>alert(1)</script>")
        deliver_all()
        email = EmailMessage.objects.filter(tenant_id=company.tenant_id, template__contains="welcome").latest("id")
        page = text_of(desk_of(company.owner).get(page_of(email)))
        assert "<script>alert(1)" not in page
        assert 'rel="nofollow"' in page

    def test_nobody_changes_them(self, company: Company) -> None:
        hire(company)
        deliver_all()
        email = EmailMessage.objects.filter(tenant_id=company.tenant_id).latest("id")
        assert desk_of(company.owner).post(page_of(email), {"subject": "x"}).status_code == 403


class TestActivityLog:
    def test_it_can_be_searched_and_filtered(self, company: Company) -> None:
        employee = hire(company)
        deliver_all()
        desk, log = desk_of(company.owner), every_list()["activitylog.ActivityLog"]

        def found(**query: str) -> set[str]:
            return {row.event for row in desk.get(log, query).context["cl"].result_list}

        assert found(event="employees.employee_created") == {"employees.employee_created"}
        assert found(action="registered") == {"users.user_registered"}
        assert found(q=str(employee.pk)) == {"employees.employee_created"}
        assert found(q="olga") >= {"organizations.organization_created"}

    def test_nobody_changes_or_deletes_it(self, company: Company) -> None:
        deliver_all()
        activity = ActivityLog.objects.filter(tenant_id=company.tenant_id).latest("id")
        desk = desk_of(company.owner)
        delete = reverse("admin:activitylog_activitylog_delete", args=(activity.pk,))
        assert desk.post(page_of(activity), {"summary": "x"}).status_code == 403
        assert desk.post(delete, {"post": "yes"}).status_code == 403
        assert desk.get(reverse("admin:activitylog_activitylog_add")).status_code == 403


def test_no_page_asks_another_server_for_anything(company: Company) -> None:
    for page in (INDEX, reverse("admin:login"), reverse("admin:bus_events"), *every_list().values()):
        shown = text_of(desk_of(company.owner).get(page))
        for attribute in ('src="http', "src='http", 'src="//', '<link href="http', '<link href="//'):
            assert attribute not in shown
