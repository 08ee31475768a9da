"""What happened, what each handler did with it, and repairing what failed."""

from collections.abc import Iterator

import pytest
from django.urls import reverse

from gauzy.eventbus.models import Delivery, Receipt, StoredEvent
from gauzy.eventbus.redaction import MASK
from gauzy.eventbus.testing import deliver_all, recorded_events
from gauzy.eventops.events import DeliveryRetriedEvent, DeliverySkippedEvent
from gauzy.site.bus import views
from gauzy.tenancy.choices import Role
from gauzy.tenancy.roles import register_role_permissions, roles_with
from tests.factories.desk import desk_of, desk_of_superuser, text_of
from tests.factories.people import Company, found_company, hire
from tests.factories.platform import new_member, new_superuser
from tests.site import failing

pytestmark = pytest.mark.django_db
EVENTS, DEAD, HANDLERS = reverse("admin:bus_events"), reverse("admin:bus_dead"), reverse("admin:bus_handlers")
RETRY_SELECTED = reverse("admin:bus_retry_selected")


@pytest.fixture
def dead(company: Company) -> Iterator[Delivery]:
    with failing.a_broken_handler():
        yield failing.kill_a_delivery(company)


def _page(delivery: Delivery, what: str = "bus_event") -> str:
    return reverse(f"admin:{what}", args=(delivery.event_id,))


def _box(delivery: Delivery) -> str:
    return f"{delivery.event_id}|{delivery.handler}|{delivery.target}"


class TestWhoSeesThem:
    @pytest.mark.parametrize("page", [EVENTS, DEAD, HANDLERS])
    def test_owners_and_administrators_do(self, company: Company, page: str) -> None:
        for member in (company.owner, new_member(company.owner, Role.ADMIN)):
            assert desk_of(member).get(page).status_code == 200

    @pytest.mark.parametrize("page", [EVENTS, DEAD, HANDLERS])
    def test_managers_do_not(self, company: Company, page: str) -> None:
        assert desk_of(new_member(company.owner, Role.MANAGER)).get(page).status_code == 403

    def test_managers_repair_nothing(self, company: Company, dead: Delivery) -> None:
        desk = desk_of(new_member(company.owner, Role.MANAGER))
        for address in (_page(dead, "bus_retry"), _page(dead, "bus_skip"), RETRY_SELECTED):
            assert (
                desk.post(address, {"handler": dead.handler, "reason": "x", "delivery": _box(dead)}).status_code == 403
            )
        assert Delivery.objects.get(pk=dead.pk).dead_at

    def test_another_tenants_events_are_not_there(self, dead: Delivery) -> None:
        rival = desk_of(found_company("Rival").owner)
        assert rival.get(_page(dead)).status_code == 404
        assert str(dead.event_id) not in text_of(rival.get(EVENTS))
        assert str(dead.event_id) not in text_of(rival.get(DEAD))

    def test_another_tenants_deliveries_cannot_be_repaired(self, dead: Delivery) -> None:
        rival = desk_of(found_company("Rival").owner)
        with recorded_events() as events:
            rival.post(_page(dead, "bus_retry"), {"handler": dead.handler})
            rival.post(_page(dead, "bus_skip"), {"handler": dead.handler, "reason": "x"})
            rival.post(RETRY_SELECTED, {"delivery": _box(dead)})
        assert Delivery.objects.get(pk=dead.pk).dead_at
        assert not events

    def test_tenants_cannot_ask_for_every_tenant(self, dead: Delivery) -> None:
        rival = desk_of(found_company("Rival").owner)
        for wanted in ("all", str(StoredEvent.objects.get(pk=dead.event_id).tenant_id)):
            assert str(dead.event_id) not in text_of(rival.get(EVENTS, {"tenant": wanted}))

    def test_superusers_see_every_tenant_or_one(self, dead: Delivery) -> None:
        rival = found_company("Rival")
        nowhere, at_rival = desk_of_superuser(new_superuser()), desk_of_superuser(new_superuser(), rival.tenant_id)
        assert str(dead.event_id) in text_of(nowhere.get(EVENTS))
        assert str(dead.event_id) not in text_of(nowhere.get(EVENTS, {"tenant": str(rival.tenant_id)}))
        assert str(dead.event_id) not in text_of(at_rival.get(EVENTS))
        assert str(dead.event_id) in text_of(at_rival.get(EVENTS, {"tenant": "all"}))
        assert nowhere.get(EVENTS, {"tenant": "nonsense"}).status_code == 404


class TestEvents:
    def test_filters_narrow_the_list(self, company: Company) -> None:
        ada, grace = hire(company), hire(company)
        desk = desk_of(company.owner)

        def found(**filters: str) -> set[str]:
            return {row.event.subject_id for row in desk.get(EVENTS, filters).context["rows"]}

        assert found(name="employees.employee_created") == {str(ada.pk), str(grace.pk)}
        assert found(subject=str(ada.pk)) == {str(ada.pk)}
        assert found(until="2001-01-01T00:00") == set()
        assert len(found(since="2001-01-01T00:00:00")) > 2

    @pytest.mark.parametrize("broken", ["name=no.such", "correlation=x", "since=yesterday", "before=x"])
    def test_a_broken_filter_shows_nothing_and_says_why(self, company: Company, broken: str) -> None:
        answer = desk_of(company.owner).get(f"{EVENTS}?{broken}")
        assert answer.status_code == 200
        assert not answer.context["rows"]
        assert answer.context["form"].errors

    def test_pages_follow_each_other_without_gap(self, company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(views, "EVENTS_A_PAGE", 2)
        hire(company)
        hire(company)
        desk, seen, page = desk_of(company.owner), [], EVENTS
        while True:
            answer = desk.get(page)
            seen += [row.event.id for row in answer.context["rows"]]
            if not answer.context["older"]:
                break
            page = EVENTS + answer.context["older"]
        expected = StoredEvent.objects.filter(tenant_id=company.tenant_id).order_by("-id").values_list("id", flat=True)
        assert seen == list(expected)


class TestEvent:
    def test_it_tells_what_each_handler_did(self, company: Company, dead: Delivery) -> None:
        page = text_of(desk_of(company.owner).get(_page(dead)))
        assert "An employment that had ended goes on." in page
        for told in ("activitylog.record_activity", "done", failing.HANDLER, "dead", "1 failed attempt"):
            assert told in page

    def test_stack_traces_are_for_superusers(self, company: Company, dead: Delivery) -> None:
        assert "Traceback" not in text_of(desk_of(company.owner).get(_page(dead)))
        assert "Traceback" in text_of(desk_of_superuser(new_superuser(), company.tenant_id).get(_page(dead)))

    def test_changes_are_shown_and_masked_without_the_right(self, company: Company) -> None:
        employee, desk = hire(company), desk_of(company.owner)
        desk.post(
            reverse("admin:employees_employee_change", args=(employee.pk,)),
            {"first_name": "Ada", "last_name": "Byron", "job_title": "", "time_zone": "", "external_id": ""},
        )
        page = reverse("admin:bus_event", args=(StoredEvent.objects.get(name="employees.employee_updated").pk,))
        assert "Byron" in text_of(desk.get(page))

        everybody_else = {"gauzy_site.view_personal_data": roles_with("gauzy_site.view_personal_data")}
        register_role_permissions({"gauzy_site.view_personal_data": ()})
        try:
            masked = text_of(desk.get(page))
        finally:
            register_role_permissions(everybody_else)
        assert "Byron" not in masked
        assert MASK in masked

    def test_cause_and_consequence_link_to_each_other(self, company: Company, dead: Delivery) -> None:
        died = StoredEvent.objects.get(name="eventbus.delivery_died")
        desk = desk_of(company.owner)
        assert str(died.pk) in text_of(desk.get(_page(dead)))
        if died.causation_id:
            assert str(died.causation_id) in text_of(desk.get(reverse("admin:bus_event", args=(died.pk,))))

    def test_it_links_to_what_it_is_about(self, company: Company) -> None:
        employee = hire(company)
        event = StoredEvent.objects.get(name="employees.employee_created")
        page = text_of(desk_of(company.owner).get(reverse("admin:bus_event", args=(event.pk,))))
        assert reverse("admin:employees_employee_change", args=(employee.pk,)) in page

    def test_the_history_of_an_object_is_its_events(self, company: Company) -> None:
        employee = hire(company)
        address = reverse("admin:employees_employee_history", args=(employee.pk,))
        answer = desk_of(company.owner).get(address, follow=True)
        assert [row.label for row in answer.context["rows"]] == ["Employee created"]


class TestRepair:
    def test_retrying_one_heals_it(self, company: Company, dead: Delivery) -> None:
        failing.repair_it()
        with recorded_events() as events:
            answer = desk_of(company.owner).post(_page(dead, "bus_retry"), {"handler": dead.handler})
        assert answer.headers["Location"] == _page(dead)
        assert [type(event) for event in events] == [DeliveryRetriedEvent]
        deliver_all()
        assert Receipt.objects.get(event_id=dead.event_id, handler=dead.handler).outcome == "done"

    def test_retrying_the_selected_heals_them(self, company: Company, dead: Delivery) -> None:
        second = failing.kill_a_delivery(company)
        failing.repair_it()
        chosen = {"delivery": [_box(dead), _box(second)]}
        assert "2 of 2 will run again" in text_of(desk_of(company.owner).post(RETRY_SELECTED, chosen, follow=True))
        deliver_all()
        assert not Delivery.objects.exists()

    def test_what_cannot_be_retried_is_said(self, company: Company, dead: Delivery) -> None:
        chosen = {"delivery": [_box(dead), "nonsense", f"{dead.event_id}|no.handler|"]}
        answer = text_of(desk_of(company.owner).post(RETRY_SELECTED, chosen, follow=True))
        assert "1 of 3 will run again" in answer
        assert "There is no such event." in answer

    def test_retrying_nothing_says_so(self, company: Company) -> None:
        assert "Tick" in text_of(desk_of(company.owner).post(RETRY_SELECTED, follow=True))

    def test_skipping_needs_a_reason(self, company: Company, dead: Delivery) -> None:
        desk = desk_of(company.owner)
        with recorded_events() as events:
            answer = desk.post(_page(dead, "bus_skip"), {"handler": dead.handler, "reason": " "}, follow=True)
        assert "Say why" in text_of(answer)
        assert Delivery.objects.filter(pk=dead.pk).exists()
        assert not events

    def test_skipping_leaves_a_receipt_with_the_reason(self, company: Company, dead: Delivery) -> None:
        with recorded_events() as events:
            desk_of(company.owner).post(_page(dead, "bus_skip"), {"handler": dead.handler, "reason": "has left"})
        receipt = Receipt.objects.get(event_id=dead.event_id, handler=dead.handler)
        assert (receipt.outcome, receipt.reason) == ("skipped", "has left")
        assert [type(event) for event in events] == [DeliverySkippedEvent]

    @pytest.mark.parametrize("repair", ["bus_retry", "bus_skip"])
    def test_it_takes_a_post_with_the_csrf_token(self, company: Company, dead: Delivery, repair: str) -> None:
        given = {"handler": dead.handler, "reason": "x"}
        assert desk_of(company.owner).get(_page(dead, repair), given).status_code == 405
        assert desk_of(company.owner, enforce_csrf_checks=True).post(_page(dead, repair), given).status_code == 403
        assert Delivery.objects.get(pk=dead.pk).dead_at

    def test_it_leads_back_to_our_own_pages_only(self, company: Company, dead: Delivery) -> None:
        desk = desk_of(company.owner)
        for wanted, led_to in ((DEAD, DEAD), ("https://elsewhere.example/", _page(dead))):
            answer = desk.post(_page(dead, "bus_retry"), {"handler": dead.handler, "next": wanted})
            assert answer.headers["Location"] == led_to


class TestHandlers:
    def test_they_are_listed_with_their_dead(self, company: Company, dead: Delivery) -> None:
        page = text_of(desk_of(company.owner).get(HANDLERS))
        assert "employees.send_welcome_email" in page
        assert f"{DEAD}?handler={failing.HANDLER}" in page

    def test_figures_over_all_tenants_are_for_superusers(self, company: Company) -> None:
        assert "Oldest waits" not in text_of(desk_of(company.owner).get(HANDLERS))
        assert "Oldest waits" in text_of(desk_of_superuser(new_superuser()).get(HANDLERS))

    def test_the_dead_are_shown_until_dealt_with(self, company: Company, dead: Delivery) -> None:
        desk = desk_of(company.owner)
        assert "The mailbox of [redacted] is full." in text_of(desk.get(DEAD))
        assert not desk.get(DEAD, {"event": "users.user_registered"}).context["groups"]
        desk.post(_page(dead, "bus_skip"), {"handler": dead.handler, "reason": "x"})
        assert "Nothing is dead." in text_of(desk.get(DEAD))


class TestGroupsOfDead:
    def test_what_died_of_the_same_is_one_group(self, company: Company) -> None:
        with failing.a_broken_handler():
            dead = [failing.kill_a_delivery(company) for _ in range(3)]
        desk = desk_of(company.owner)
        [group] = desk.get(DEAD).context["groups"]
        assert len(group.rows) == 3
        desk.post(RETRY_SELECTED, {"delivery": [_box(one) for one in dead]})
        assert desk.get(DEAD).context["groups"] == []

    def test_a_group_is_discarded_with_a_reason_and_the_log_knows_it(self, company: Company, dead: Delivery) -> None:
        desk = desk_of(company.owner)
        with recorded_events() as events:
            desk.post(reverse("admin:bus_discard_selected"), {"delivery": _box(dead), "reason": "Moot"})
        assert [event.reason for event in events.of(DeliverySkippedEvent)] == ["Moot"]
        assert Receipt.objects.get(event_id=dead.event_id, handler=dead.handler).reason == "Moot"

    def test_without_a_reason_nothing_is_discarded(self, company: Company, dead: Delivery) -> None:
        answer = desk_of(company.owner).post(
            reverse("admin:bus_discard_selected"), {"delivery": _box(dead), "reason": " "}, follow=True
        )
        assert "Say why" in text_of(answer)
        assert Delivery.objects.get(pk=dead.pk).dead_at

    def test_managers_discard_nothing(self, company: Company, dead: Delivery) -> None:
        desk = desk_of(new_member(company.owner, Role.MANAGER))
        box = {"delivery": _box(dead), "reason": "x"}
        assert desk.post(reverse("admin:bus_discard_selected"), box).status_code == 403


class TestLineage:
    def test_an_event_stands_between_its_cause_and_what_it_caused(self, company: Company, dead: Delivery) -> None:
        answer = desk_of(company.owner).get(_page(dead))
        tree = answer.context["tree"]
        assert [(line.row.label, line.depth, line.is_here) for line in tree] == [
            ("Employee restored", 0, True),
            ("Delivery died", 1, False),
        ]
        below = desk_of(company.owner).get(reverse("admin:bus_event", args=(tree[1].row.event.id,)))
        assert [line.is_here for line in below.context["tree"]] == [False, True]

    def test_another_tenants_causes_are_not_drawn(self, company: Company, dead: Delivery) -> None:
        stranger = found_company("Rival").tenant_id
        StoredEvent.objects.filter(causation_id=dead.event_id).update(tenant_id=stranger)
        assert [line.is_here for line in desk_of(company.owner).get(_page(dead)).context["tree"]] == [True]


def test_the_dashboard_draws_the_last_hour(company: Company) -> None:
    hire(company)
    answer = desk_of(company.owner).get(reverse("admin:index"))
    by_minute, by_name = answer.context["panels"][:2]
    assert len(by_minute.bars) == 60
    assert {bar.label: bar.value for bar in by_name.bars}["Employee created"] == 1
    assert sum(bar.value for bar in by_minute.bars) == sum(bar.value for bar in by_name.bars)
