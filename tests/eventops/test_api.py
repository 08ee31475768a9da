from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from gauzy import eventbus as bus
from gauzy.eventbus.models import Delivery, Receipt, StoredEvent
from gauzy.eventbus.testing import assert_published, connected, deliver_all
from gauzy.eventops.events import DeliveryEditedEvent, DeliveryRetriedEvent, DeliverySkippedEvent
from gauzy.tenancy.choices import Role
from gauzy.tenancy.models import Membership
from tests.eventops.events import ParcelSentEvent
from tests.eventops.parcels import send_dead_parcel, send_parcel
from tests.factories.platform import new_member, new_owner, token_client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("parcels")]

DRIVE = "opstests.drive"
EVENTS, DELIVERIES = "/api/v1/events", "/api/v1/deliveries"


@pytest.fixture
def owner() -> Membership:
    return new_owner()


@pytest.fixture
def client(owner: Membership) -> APIClient:
    return token_client(owner)


def ids(answer: Any) -> list[UUID]:
    return [UUID(one["id"]) for one in answer.json()["results"] if one["name"].startswith("opstests.")]


def url(event_id: UUID, handler: str, verb: str) -> str:
    return f"{EVENTS}/{event_id}/deliveries/{handler}/{verb}"


def without_request_id(answer: Any) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name != "request_id"}


def test_events_are_listed_newest_first_with_their_payload(client: APIClient, owner: Membership) -> None:
    sent = [send_parcel(owner.tenant_id, recipient="Grace Hopper") for _ in range(2)]
    answer = client.get(EVENTS)
    assert set(ids(answer)) == set(sent)
    shown = answer.json()["results"][0]
    assert (shown["name"], shown["subject_type"], shown["actor_label"]) == (
        *("opstests.parcel_sent", "parcel", "Ada Lovelace"),
    )
    assert shown["payload"]["recipient"] == "Grace Hopper"
    # Ids of one millisecond have no order: without the name, another event may stand between the two.
    first = client.get(EVENTS, {"name": "opstests.parcel_sent", "limit": "1"})
    assert [*ids(first), *ids(client.get(first.json()["next"]))] == ids(answer)


def test_each_filter_narrows(client: APIClient, owner: Membership) -> None:
    event_id = send_parcel(owner.tenant_id)
    deliver_all()
    event = StoredEvent.objects.get(id=event_id)
    [caused] = StoredEvent.objects.filter(causation_id=event_id)
    both = {event_id, caused.id}

    def found(**filters: object) -> list[UUID]:
        return ids(client.get(EVENTS, {name: str(value) for name, value in filters.items()}))

    moment = event.occurred_at.isoformat()
    assert set(found(correlation_id=event.correlation_id)) == both
    assert set(found(subject_type="parcel", subject_id=event.subject_id)) == both
    assert set(found(actor_id=event.actor_id, since=moment)) == both
    assert found(name="opstests.parcel_sent") == [event_id]
    assert found(causation_id=event_id) == [caused.id]
    assert found(until=moment) == []


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"correlation_id": "1"}, "correlation_id"),
        ({"since": "2026-03-02T09:00:00"}, "since"),
        ({"after": "yesterday"}, "after"),
        ({"after": "now", "cursor": "x"}, "cursor"),
        ({"limit": "0"}, "limit"),
        ({"after": "now", "limit": "1000"}, "limit"),
    ],
)
def test_a_wrong_query_is_refused_by_name(client: APIClient, parameters: dict[str, str], field: str) -> None:
    answer = client.get(EVENTS, parameters)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


@pytest.mark.django_db(transaction=True)
def test_the_feed_is_read_by_its_own_links_and_never_ends(client: APIClient, owner: Membership) -> None:
    send_parcel(uuid4())
    sent = [send_parcel(owner.tenant_id) for _ in range(3)]
    link, seen = f"{EVENTS}?after=beginning&limit=2&name=opstests.parcel_sent", list[UUID]()
    for _ in range(2):
        answer = client.get(link)
        seen += ids(answer)
        link = answer.json()["next"]
    assert seen == sent
    assert ids(client.get(link)) == []
    assert ids(client.get(f"{EVENTS}?after=now")) == []
    later = send_parcel(owner.tenant_id)
    assert ids(client.get(link)) == [later]


def test_an_event_tells_what_each_handler_did_and_what_it_caused(client: APIClient, owner: Membership) -> None:
    event_id = send_dead_parcel(owner.tenant_id)
    told = client.get(f"{EVENTS}/{event_id}").json()
    by_handler = {one["handler"]: one for one in told["deliveries"]}
    assert {handler: one["state"] for handler, one in by_handler.items()} == {
        "opstests.carry": "done",
        "opstests.drive": "dead",
        "opstests.insure": "not_owed",
        "opstests.stamp": "done",
    }
    assert by_handler["opstests.carry"]["attempts"] == 1
    failures = by_handler[DRIVE]["failures"]
    assert [(one["attempt"], one["error_text"]) for one in failures] == [(n, "no road to [redacted]") for n in (1, 2)]
    assert "traceback" not in failures[0]
    assert {one["name"] for one in told["caused"]} == {"opstests.parcel_received", "eventbus.delivery_died"}


def test_more_handlers_failures_and_effects_take_no_more_statements(client: APIClient, owner: Membership) -> None:
    one, other = send_parcel(owner.tenant_id), send_dead_parcel(owner.tenant_id)
    counts = []
    for event_id in (one, one, other):
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{EVENTS}/{event_id}")
        counts.append(len(queries))
    assert counts[1] == counts[2]


@pytest.mark.parametrize("path", [EVENTS, f"{EVENTS}?after=beginning", f"{DELIVERIES}?state=waiting"])
def test_longer_pages_take_no_more_statements(client: APIClient, owner: Membership, path: str) -> None:
    send_parcel(owner.tenant_id)
    client.get(path)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        counts.append(len(queries))
        for _ in range(5):
            send_parcel(owner.tenant_id)
    assert counts[0] == counts[1]


def test_dead_deliveries_are_listed_with_their_event(client: APIClient, owner: Membership) -> None:
    event_id = send_dead_parcel(owner.tenant_id)
    send_dead_parcel(uuid4())
    [told] = client.get(DELIVERIES).json()["results"]
    assert (told["event_id"], told["event"], told["handler"]) == (str(event_id), "opstests.parcel_sent", DRIVE)
    assert (told["state"], told["attempts"], told["reason"]) == ("dead", 2, "no road to [redacted]")
    assert client.get(DELIVERIES, {"state": "dead", "handler": "opstests.carry"}).json()["results"] == []
    assert client.get(DELIVERIES, {"state": "done"}).status_code == 400


def test_waiting_deliveries_are_paged(client: APIClient, owner: Membership) -> None:
    for _ in range(3):
        send_parcel(owner.tenant_id)
    whole = client.get(DELIVERIES, {"state": "waiting", "event": "opstests.parcel_sent"}).json()["results"]
    assert len(whole) == 9
    page = client.get(f"{DELIVERIES}?state=waiting&event=opstests.parcel_sent&limit=2").json()
    paged = page["results"]
    while page["next"]:
        page = client.get(page["next"]).json()
        paged += page["results"]
    assert paged == whole
    assert client.get(page["previous"]).json()["results"] == whole[:2]
    for cursor in ("x", "W10=", "bnVsbA=="):
        assert client.get(DELIVERIES, {"cursor": cursor}).json()["code"] == "invalid_cursor"


def test_retrying_a_dead_delivery_heals_it(client: APIClient, owner: Membership) -> None:
    event_id = send_dead_parcel(owner.tenant_id)
    answer = client.post(url(event_id, DRIVE, "retry"))
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["attempts"], len(answer.json()["failures"])) == ("waiting", 0, 2)
    assert_published(DeliveryRetriedEvent, event_id=event_id, handler=DRIVE, tenant_id=owner.tenant_id)
    assert StoredEvent.objects.get(name="eventops.delivery_retried").actor_id == owner.user.pk
    deliver_all()
    assert Receipt.objects.get(event_id=event_id, handler=DRIVE).outcome == "done"
    assert client.post(url(event_id, DRIVE, "retry")).json()["code"] == "delivery_over"


def test_skipping_a_dead_delivery_needs_a_reason(client: APIClient, owner: Membership) -> None:
    event_id = send_dead_parcel(owner.tenant_id)
    for body in ({}, {"reason": " "}, {"reason": "x" * 301}, {"reason": "x", "force": True}):
        assert client.post(url(event_id, DRIVE, "skip"), body).status_code == 400
    answer = client.post(url(event_id, DRIVE, "skip"), {"reason": "the road is gone"})
    assert (answer.status_code, answer.json()["state"], answer.json()["note"]) == (200, "skipped", "the road is gone")
    assert_published(DeliverySkippedEvent, event_id=event_id, reason="the road is gone")


def test_a_dead_delivery_is_edited_and_runs_again(client: APIClient, owner: Membership) -> None:
    event_id = send_dead_parcel(owner.tenant_id)
    wrong: list[Any] = [{}, {"values": {}}, {"values": {"height": 1}}, {"values": {"weight": "heavy"}}, {"weight": 3}]
    for body in wrong:
        assert client.post(url(event_id, DRIVE, "edit"), body).status_code == 400
    answer = client.post(url(event_id, DRIVE, "edit"), {"values": {"weight": 3}})
    assert (answer.status_code, answer.json()["state"]) == (200, "waiting")
    edited = assert_published(DeliveryEditedEvent, event_id=event_id, handler=DRIVE, tenant_id=owner.tenant_id)
    assert [(change.field, change.new) for change in edited.changes] == [("weight", 3)]
    assert StoredEvent.objects.get(name="eventops.delivery_edited").actor_id == owner.user.pk
    assert StoredEvent.objects.get(id=event_id).data["weight"] != 3


@pytest.mark.parametrize("verb", ["retry", "skip", "edit"])
def test_only_what_is_dead_can_be_repaired(client: APIClient, owner: Membership, verb: str) -> None:
    event_id = send_parcel(owner.tenant_id)
    body: Any = {"skip": {"reason": "no"}, "edit": {"values": {"weight": 3}}}.get(verb, {})
    refused = client.post(url(event_id, DRIVE, verb), body)
    assert (refused.status_code, refused.json()["code"]) == (409, "delivery_not_dead")
    unknown = client.post(url(event_id, "opstests.fly", verb), body)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "delivery_not_found")
    assert Delivery.objects.filter(event_id=event_id).count() == 3


def test_another_tenants_events_are_as_unknown_as_no_events(client: APIClient) -> None:
    foreign = send_dead_parcel(uuid4())
    assert ids(client.get(EVENTS)) == []
    assert client.get(DELIVERIES).json()["results"] == []
    for event_id in (foreign, uuid4()):
        answers = [
            client.get(f"{EVENTS}/{event_id}"),
            client.post(url(event_id, DRIVE, "retry")),
            client.post(url(event_id, DRIVE, "skip"), {"reason": "no"}),
            client.post(url(event_id, DRIVE, "edit"), {"values": {"weight": 3}}),
        ]
        assert [answer.status_code for answer in answers] == [404] * 4
        assert {str(without_request_id(answer)) for answer in answers} == {str(without_request_id(answers[0]))}
    assert Delivery.objects.get(event_id=foreign, handler=DRIVE).dead_at is not None


@pytest.mark.parametrize("role", Role)
def test_owners_and_administrators_only(owner: Membership, role: Role) -> None:
    event_id = send_dead_parcel(owner.tenant_id)
    client = token_client(new_member(owner, role))
    allowed = role in {Role.OWNER, Role.ADMIN}
    answers = [
        client.get(EVENTS),
        client.get(f"{EVENTS}/{event_id}"),
        client.get(DELIVERIES),
        client.post(url(event_id, DRIVE, "retry")),
    ]
    assert {answer.status_code for answer in answers} == {200 if allowed else 403}
    assert APIClient().get(EVENTS).status_code == 401


@bus.handles(ParcelSentEvent, id="opstests.phone", retries=[], targets=lambda *_: ["home", "work"])
def phone(event: ParcelSentEvent, meta: bus.Metadata) -> None:
    if meta.target == "work":
        raise ConnectionError("no line")


@pytest.mark.parametrize(
    ("verb", "body", "state"),
    [
        ("retry", {}, "waiting"),
        ("skip", {"reason": "called by hand"}, "skipped"),
        ("edit", {"values": {"weight": 2}}, "waiting"),
    ],
)
def test_one_of_several_targets_is_repaired_and_shown(
    client: APIClient, owner: Membership, verb: str, body: dict[str, Any], state: str
) -> None:
    with connected(phone):
        event_id = send_parcel(owner.tenant_id)
        deliver_all(expect_failures=True)
        there = url(event_id, "opstests.phone", verb)
        assert client.post(there, body).json()["code"] == "delivery_over", "without a target: the one that named them"
        assert client.post(there, body | {"target": "car"}).json()["code"] == "delivery_not_found"
        shown = client.post(there, body | {"target": "work"}).json()
        assert (shown["handler"], shown["target"], shown["state"]) == ("opstests.phone", "work", state)
        [home] = Receipt.objects.filter(event_id=event_id, handler="opstests.phone", target="home")
    assert home.outcome == "done"
