import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from gauzy import eventbus as bus
from gauzy.eventbus import catalogue
from gauzy.eventbus.models import Delivery, Receipt, StoredEvent
from gauzy.eventbus.testing import connected, deliver_all
from gauzy.eventops.commands.filters import moment
from gauzy.eventops.commands.tail import Tail
from gauzy.tenancy.services import create_tenant
from tests.eventops.events import ParcelSentEvent
from tests.eventops.parcels import send_dead_parcel, send_parcel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("parcels")]

DRIVE = "opstests.drive"


class Ran:
    """What a command wrote, and how it ended."""

    def __init__(self, *arguments: object) -> None:
        out, err = StringIO(), StringIO()
        self.status, self.refusal = 0, ""
        try:
            call_command("events", *map(str, arguments), stdout=out, stderr=err)
        except CommandError as error:
            self.status, self.refusal = error.returncode, str(error)
        self.out, self.err = out.getvalue(), err.getvalue()

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def data(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.out)
        assert isinstance(found, list)
        return found


def test_list_names_every_event_with_its_handlers() -> None:
    listed = {one["event"]: one for one in Ran("list", "--json").data}
    assert len(listed) == len(catalogue.events)
    assert listed["ParcelSentEvent"] == {
        "event": "ParcelSentEvent",
        "name": "opstests.parcel_sent",
        "version": 1,
        "app": "tests.eventops",
        "deprecated": "",
        "handlers": [
            {"id": "opstests.carry", "run": "background", "queue": "default", "external": False},
            {"id": "opstests.drive", "run": "background", "queue": "default", "external": False},
            {"id": "opstests.insure", "run": "background", "queue": "default", "external": False},
            {"id": "opstests.stamp", "run": "after_commit", "queue": None, "external": False},
        ],
    }
    [thank] = listed["ParcelReceivedEvent"]["handlers"]
    assert (thank["queue"], thank["external"]) == ("mail", True)
    assert listed["UserRegisteredEvent"]["app"] == "gauzy.users"
    assert "ParcelSentEvent  opstests.parcel_sent v1  (tests.eventops)" in Ran("list").lines


def test_explain_tells_of_every_handler_and_what_to_do(tenant_id: UUID) -> None:
    event_id = send_dead_parcel(tenant_id)
    ran = Ran("explain", event_id)
    assert ran.status == 0
    assert f"opstests.parcel_sent v1 {event_id}" in ran.lines
    assert "  opstests.drive   dead" in ran.lines
    assert "  opstests.insure  not owed" in ran.lines
    assert "      its condition was false" in ran.lines
    assert f"      to try again: events retry {event_id} {DRIVE}" in ran.lines
    assert "ConnectionError: no road to [redacted]" in ran.out
    assert "Ada Lovelace (user" in ran.out
    assert "caused" in ran.lines
    assert "eventbus.delivery_died" in ran.out
    assert "Grace Hopper" not in ran.out
    assert "Traceback" not in ran.out
    assert max(map(len, ran.lines)) <= 100


def test_explain_of_one_handler_ends_with_its_traceback(tenant_id: UUID) -> None:
    event_id = send_dead_parcel(tenant_id)
    ran = Ran("explain", event_id, DRIVE)
    assert "opstests.carry" not in ran.out
    assert "Traceback (most recent call last)" in ran.out
    assert "no handler of opstests.parcel_sent" in Ran("explain", event_id, "opstests.thank").refusal


def test_explain_says_why_nothing_happens(tenant_id: UUID) -> None:
    event_id = send_parcel(tenant_id)
    assert "not tried yet, due now" in Ran("explain", event_id, DRIVE).out
    Delivery.objects.filter(handler=DRIVE).update(due=timezone.now() - timedelta(minutes=3, seconds=5))
    stuck = "not tried yet, due for 3 min and not taken: does a worker serve the queue 'default'?"
    assert stuck in Ran("explain", event_id, DRIVE).out
    Delivery.objects.filter(handler=DRIVE).update(due=timezone.now() + timedelta(hours=2, minutes=1), attempts=1)
    assert ", in 2 h" in Ran("explain", event_id, DRIVE).out
    Delivery.objects.filter(handler=DRIVE).update(lease_until=timezone.now() + timedelta(minutes=1))
    assert "attempt 1; its lease holds until" in Ran("explain", event_id, DRIVE).out


def test_explain_for_programs_is_one_list(tenant_id: UUID) -> None:
    event_id = send_dead_parcel(tenant_id)
    [told] = Ran("explain", event_id, "--json").data
    assert (told["id"], told["payload"]["recipient"]) == (str(event_id), "[redacted]")
    [drive] = [one for one in told["handlers"] if one["handler"] == DRIVE]
    assert (drive["state"], [failure["attempt"] for failure in drive["failures"]]) == ("dead", [1, 2])
    assert {one["name"] for one in told["caused"]} == {"opstests.parcel_received", "eventbus.delivery_died"}
    [shown] = Ran("explain", event_id, "--json", "--personal").data
    assert shown["payload"]["recipient"] == "Grace Hopper"


def test_an_unknown_event_is_said_with_where_to_look() -> None:
    ran = Ran("explain", uuid4())
    assert (ran.status, ran.out) == (1, "")
    assert ran.refusal == "There is no such event. `events tail` shows the latest. (event_not_found)"


def test_trace_draws_the_tree(tenant_id: UUID) -> None:
    event_id = send_dead_parcel(tenant_id)
    ran = Ran("trace", event_id)
    assert ran.lines[1].startswith(f"  opstests.parcel_sent {event_id}")
    assert ran.lines[2] == "      dead: opstests.drive; 2 done"
    assert ran.lines[3].startswith("    opstests.parcel_received")
    assert max(map(len, ran.lines)) <= 100
    told = Ran("trace", event_id, "--json").data
    assert [one["depth"] for one in told] == [0, 1, 1]
    assert Ran("trace", told[0]["correlation_id"], "--json").data == told
    assert Ran("trace", uuid4()).status == 1


@pytest.mark.django_db(transaction=True)
def test_tail_shows_the_latest_and_goes_on_from_its_cursor(tenant_id: UUID) -> None:
    sent = [send_parcel(tenant_id) for _ in range(3)]
    ran = Ran("tail", "--limit", 2)
    assert [line.split()[2] for line in ran.lines] == [str(event_id) for event_id in sent[1:]]
    assert max(map(len, ran.lines)) <= 100
    cursor = ran.err.split()[-1]
    assert Ran("tail", "--after", cursor).out == ""
    later = send_parcel(tenant_id)
    [told] = Ran("tail", "--after", cursor, "--json").data
    assert told["id"] == str(later)
    assert Ran("tail", "--after", told["cursor"], "--json").data == []


@pytest.mark.django_db(transaction=True)
def test_tail_after_a_cursor_shows_all_that_follow_page_by_page(
    tenant_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gauzy.eventops.commands.tail._PAGE", 2)
    sent = [str(send_parcel(tenant_id)) for _ in range(5)]
    assert [one["id"] for one in Ran("tail", "--after", "beginning", "--json").data] == sent
    assert [one["id"] for one in Ran("tail", "--after", "beginning", "--limit", 3, "--json").data] == sent[:3]


@pytest.mark.django_db(transaction=True)
def test_tail_follows_until_it_is_interrupted(tenant_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    first, later = send_parcel(tenant_id), list[UUID]()

    def wait(seconds: float) -> None:
        if later:
            raise KeyboardInterrupt
        later.append(send_parcel(tenant_id))

    monkeypatch.setattr(Tail, "wait", staticmethod(wait))
    ran = Ran("tail", "--follow", "--event", "ParcelSentEvent")
    assert [line.split()[2] for line in ran.lines] == [str(first), str(later[0])]
    assert ran.status == 0
    assert "--follow --after" in ran.err


@pytest.mark.django_db(transaction=True)
def test_filters_take_class_and_wire_names_and_tenants_by_name() -> None:
    tenant = create_tenant(name="Acme")
    mine = send_parcel(tenant.id)
    send_parcel(uuid4())
    for arguments in (("--tenant", "Acme"), ("--tenant", tenant.id, "--event", "opstests.parcel_sent")):
        assert [one["id"] for one in Ran("tail", "--json", *arguments).data] == [str(mine)]
    assert Ran("tail", "--json", "--event", "ParcelReceivedEvent").data == []
    assert "There is no tenant 'Emca'." in Ran("tail", "--tenant", "Emca").refusal


@pytest.mark.parametrize(
    ("arguments", "status", "refusal"),
    [
        (("explain", "not-an-id"), 1, "invalid UUID"),
        (("explode",), 1, "invalid choice"),
        (("tail", "--follow", "--json"), 2, "poll with --after"),
        (("tail", "--after", "yesterday"), 2, "no cursor of the feed"),
        (("tail", "--event", "ParcelSendEvent"), 1, "Did you mean ParcelSentEvent"),
        (("dead", "--handler", "opstests.driver"), 1, "Did you mean opstests.drive"),
        (("dead", "--since", "soon"), 1, "no time"),
        (("retry",), 2, "empty_selection"),
        (("retry", UUID(int=1), DRIVE, "--event", "ParcelSentEvent"), 2, "leave the filters out"),
        (("retry", UUID(int=1), DRIVE), 1, "events tail"),
        (("skip", UUID(int=1), DRIVE), 1, "--reason"),
        (("skip", UUID(int=1), DRIVE, "--reason", " "), 2, "reason_refused"),
    ],
)
def test_wrong_usage_is_refused_with_a_way_out(arguments: tuple[object, ...], status: int, refusal: str) -> None:
    ran = Ran(*arguments)
    assert refusal in ran.refusal
    assert (ran.status, ran.out) == (status, "")  # what argparse refuses gets 2 from a shell only


def test_dead_says_what_died_of_what_and_ends_with_1(tenant_id: UUID) -> None:
    assert Ran("dead").lines == ["Nothing is dead."]
    assert Ran("dead", "--json").data == []
    event_id = send_dead_parcel(tenant_id)
    ran = Ran("dead", "--event", "ParcelSentEvent", "--handler", DRIVE, "--since", "1h")
    assert ran.lines[0] == f"{event_id} {DRIVE}"
    assert "after 2 attempts" in ran.lines[1]
    assert ran.lines[2] == "    no road to [redacted]"
    assert ran.status == 1
    assert ran.refusal.startswith("Dead: 1 delivery.")
    told = Ran("dead", "--json")
    assert [(one["event_id"], one["event"], one["handler"]) for one in told.data] == [
        (str(event_id), "opstests.parcel_sent", DRIVE)
    ]
    assert told.status == 1
    assert Ran("dead", "--until", "1h").status == 0


def test_dead_shows_no_more_than_asked_for(tenant_id: UUID) -> None:
    for _ in range(3):
        send_dead_parcel(tenant_id)
    ran = Ran("dead", "--limit", 2, "--json")
    assert len(ran.data) == 2
    assert ran.refusal.startswith("Dead: more than 2 deliveries.")


def test_retry_of_one_heals_it_and_says_who_did_it(tenant_id: UUID) -> None:
    event_id = send_dead_parcel(tenant_id)
    ran = Ran("retry", event_id, DRIVE, "--deliver")
    assert ran.status == 0
    assert ran.lines == [f"{event_id} {DRIVE}", "1 retried: due now, for a running server or worker."]
    assert Receipt.objects.filter(event_id=event_id, handler=DRIVE, outcome="done").exists()
    stored = StoredEvent.objects.get(name="eventops.delivery_retried")
    assert (stored.actor_kind, stored.actor_label) == ("command", "manage.py events retry")
    assert "opstests.drive, manage.py events retry" in Ran("explain", event_id).out
    again = Ran("retry", event_id, DRIVE)
    assert (again.status, again.out) == (1, "")
    assert "delivery_over" in again.refusal


def test_retry_by_filter_and_dry_run(tenant_id: UUID) -> None:
    events = {str(send_dead_parcel(tenant_id)) for _ in range(3)}
    dry = Ran("retry", "--handler", DRIVE, "--dry-run", "--json")
    assert {one["event_id"] for one in dry.data} == events
    assert Ran("dead").status == 1
    assert "3 would be retried." in Ran("retry", "--all", "--dry-run").lines
    one = events.pop()
    assert [told["event_id"] for told in Ran("retry", one, "--json").data] == [one]
    assert {told["event_id"] for told in Ran("retry", "--event", "ParcelSentEvent", "--json").data} == events
    assert Ran("retry", "--all", "--json").data == []
    deliver_all()
    assert Receipt.objects.filter(handler=DRIVE, outcome="done").count() == 3


def test_a_long_list_of_retried_ones_is_cut_for_people(tenant_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gauzy.eventops.commands.repair._SHOWN", 1)
    for _ in range(3):
        send_dead_parcel(tenant_id)
    assert "… and 2 more" in Ran("retry", "--all", "--dry-run").lines


def test_skip_leaves_a_receipt(tenant_id: UUID) -> None:
    event_id = send_dead_parcel(tenant_id)
    ran = Ran("skip", event_id, DRIVE, "--reason", "the road is gone")
    assert ran.lines == [f"{DRIVE} skips event {event_id}."]
    assert Receipt.objects.get(event_id=event_id, handler=DRIVE).reason == "the road is gone"
    assert Ran("dead").status == 0


def test_stats_has_a_line_for_each_handler(tenant_id: UUID) -> None:
    send_dead_parcel(tenant_id)
    Receipt.objects.filter(handler="opstests.carry").update(finished_at=timezone.now() - timedelta(days=3, hours=1))
    ran = Ran("stats")
    assert ran.lines[0].split() == [*("handler", "WAITING", "OLDEST", "RUNNING", "DEAD", "HOUR", "DAY", "last", "done")]
    rows = {line.split()[0]: line.split()[1:] for line in ran.lines[1:]}
    assert rows["opstests.carry"] == ["0", "-", "0", "0", "0", "0", "nothing", "for", "3", "days"]
    assert rows["opstests.drive"] == ["0", "-", "0", "1", "0", "0", "nothing", "yet"]
    assert max(map(len, ran.lines)) <= 100
    [drive] = Ran("stats", "--json", "--handler", DRIVE).data
    assert (drive["handler"], drive["dead"], drive["lag_seconds"], drive["idle_days"]) == (DRIVE, 1, None, None)


def test_stats_names_a_handler_that_this_release_lacks(tenant_id: UUID) -> None:
    send_parcel(tenant_id)
    Delivery.objects.filter(handler=DRIVE).update(
        handler="opstests.fly", owed_since=timezone.now() - timedelta(hours=5, minutes=1)
    )
    [line] = [line for line in Ran("stats").lines if "opstests.fly" in line]
    assert line.split() == ["opstests.fly", "1", "5", "h", "0", "0", "0", "0", "not", "in", "this", "release"]


def test_times_are_read_as_people_write_them() -> None:
    assert moment("2026-03-02") == datetime(2026, 3, 2, tzinfo=UTC)
    assert moment("2026-03-02T09:00") == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert moment("2026-03-02T09:00+01:00") == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert timedelta(minutes=89) < timezone.now() - moment("90m") < timedelta(minutes=91)


@bus.handles(ParcelSentEvent, id="opstests.phone", retries=[], targets=lambda *_: ["home", "work"])
def phone(event: ParcelSentEvent, meta: bus.Metadata) -> None:
    if meta.target == "work":
        raise ConnectionError("no line")


def test_one_of_several_targets_is_retried_and_skipped(tenant_id: UUID) -> None:
    with connected(phone):
        event_id = send_parcel(tenant_id)
        deliver_all(expect_failures=True)
        assert Ran("retry", event_id, "opstests.phone").status == 1
        assert Ran("retry", event_id, "opstests.phone", "--target", "work").status == 0
        assert Ran("skip", event_id, "opstests.phone", "--target", "work", "--reason", "called by hand").status == 0
    assert Receipt.objects.get(event_id=event_id, handler="opstests.phone", target="work").outcome == "skipped"
